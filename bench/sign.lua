-- wrk … -- PAUSE HANDLES KEY NAME: each consent is signed once, under an Idempotency-Key of its own.
local pace = dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "pace.lua")
delay, done = pace.delay, pace.done
local handles, at = {}, 0

function init(args)
  pace.pause = tonumber(args[1])
  for line in io.lines(args[2]) do handles[#handles + 1] = line end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. args[3]
  wrk.body = string.format('{"key": "%s"}', args[4])
end

function request()
  at = at + 1
  if at > #handles then
    wrk.thread:stop()
    at = #handles
  end
  wrk.headers["Idempotency-Key"] = handles[at]
  return wrk.format(nil, "/v1/consents/" .. handles[at] .. "/sign")
end
