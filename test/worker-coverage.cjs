// Loaded by mocha in each of its processes (.mocharc.cjs). A worker of its pool that hasn't ended one second after it was told to is
// killed (workerTerminateTimeout of workerpool, which mocha leaves as it is). Writing what was covered takes longer than that on a busy
// machine, and a worker killed then leaves nothing: so one that writes it waits for no signal.
if (process.env.NODE_V8_COVERAGE !== undefined && process.send !== undefined) process.on('SIGTERM', () => {});
