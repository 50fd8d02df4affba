// Read when n8n's logger is made, so it has to be set before n8n-core is imported: failures are what many tests are about.
process.env.N8N_LOG_LEVEL = 'silent';
