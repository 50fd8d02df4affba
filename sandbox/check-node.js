// Runs on whatever Node there is, so it is written in the oldest JavaScript.
'use strict';
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
	console.error(
		'This is Node ' +
			process.versions.node +
			', and Node 24 or newer is needed: run "npm ci" (without --ignore-scripts), which brings Node 24 into node_modules, and start again with "npm start".',
	);
	process.exit(1);
}
