'use strict';
// Loaded into n8n with --require: n8n's own WhatsApp node has Meta's address as a constant, which here becomes the gateway's.
// Node gives NODE_OPTIONS to n8n's child processes too, which have no such node.
const { join } = require('node:path');

const gatewayUrl = process.env.OPTIN_BENCH_GATEWAY;
const n8nModules = process.env.OPTIN_BENCH_N8N_MODULES;

if (gatewayUrl && n8nModules && /[\\/]n8n[\\/]bin[\\/]n8n$/.test(process.argv[1] ?? '')) {
	const functions = require(join(n8nModules, 'n8n-nodes-base', 'dist', 'nodes', 'WhatsApp', 'GenericFunctions.js'));
	if (!/^https:\/\/graph\.facebook\.com\//.test(functions.WHATSAPP_BASE_URL))
		throw new Error("n8n's WhatsApp node has its address elsewhere now.");
	functions.WHATSAPP_BASE_URL = `${gatewayUrl}/v13.0/`;
}
