-- What the scripts for wrk share: a pause between requests, and figures that can be read by a program.
local pace = { pause = 0 }

function pace.delay()
  if pace.pause == 0 then return 0 end
  return math.floor(math.random() * 2 * pace.pause)
end

function pace.done(summary, latency)
  local e = summary.errors
  io.write(string.format("figures %d %d %d %f %f\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end

return pace
