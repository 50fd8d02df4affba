/** A real n8n takes its time, and more on a busy machine. */
jest.setTimeout(60_000);
