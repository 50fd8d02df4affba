import { type ImportJob, runJob } from './importJobs';

/** Forked by bench/import.ts for each job. */
process.once('message', (job: ImportJob) => {
	// The channel is all that keeps the process alive.
	const answer = (message: object): void =>
		void process.send?.(message, undefined, undefined, () => process.disconnect());
	runJob(job).then(
		(result) => answer({ result }),
		(error: unknown) => answer({ error: error instanceof Error ? error.stack : String(error) }),
	);
});
