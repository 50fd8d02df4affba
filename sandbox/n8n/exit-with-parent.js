'use strict';
// Loaded into n8n with --require: n8n ends when the process that started it is gone, also after a SIGKILL,
// so that neither a test nor `npm start` leaves an n8n behind.
const parent = process.ppid;

setInterval(() => {
	if (process.ppid === parent) return;
	process.kill(process.pid, 'SIGTERM');
	setTimeout(() => process.kill(process.pid, 'SIGKILL'), 15_000).unref();
}, 1_000).unref();
