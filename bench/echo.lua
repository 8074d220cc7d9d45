-- wrk … -- PAUSE BODY
local pace = dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "pace.lua")
delay, done = pace.delay, pace.done

function init(args)
  pace.pause = tonumber(args[1])
  wrk.method = "POST"
  wrk.body = io.open(args[2], "rb"):read("*a")
end
