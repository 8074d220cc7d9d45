-- wrk … -- PAUSE DER KEY
local pace = dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "pace.lua")
delay, done = pace.delay, pace.done

function init(args)
  pace.pause = tonumber(args[1])
  wrk.method, wrk.path = "POST", "/v1/verify"
  wrk.headers["Content-Type"] = "application/octet-stream"
  wrk.headers["Authorization"] = "Bearer " .. args[3]
  wrk.body = io.open(args[2], "rb"):read("*a")
end
