/** n8n keeps what went through its workflows for two weeks unless told otherwise (n8n's documentation, "Execution data"). */
const DEFAULT_HOURS = 336;

export interface ExecutionDataNote {
	/** Whether n8n deletes its execution data by itself; as far as this process is told. */
	pruned: boolean;
	/** Hours after which it does; null: never. */
	keptForHours: number | null;
	note: string;
}

/**
 * What n8n itself may still hold of somebody erased: the items of past executions. Read from n8n's own settings in this process.
 * @param environment `process.env`
 */
export function executionDataNote(environment: Record<string, string | undefined>): ExecutionDataNote {
	const pruned = (environment.EXECUTIONS_DATA_PRUNE ?? 'true').trim().toLowerCase() !== 'false';
	const hours = Number(environment.EXECUTIONS_DATA_MAX_AGE ?? DEFAULT_HOURS);
	const keptForHours = pruned && Number.isFinite(hours) && hours > 0 ? hours : null;
	const until =
		keptForHours === null
			? 'n8n does not delete execution data by itself (EXECUTIONS_DATA_PRUNE)'
			: `n8n deletes execution data ${keptForHours} hours old (EXECUTIONS_DATA_MAX_AGE), saved executions apart`;
	return {
		pruned,
		keptForHours,
		note: `Past executions of your workflows may still hold what went through them about this person, this number among it: ${until}. Delete the executions concerned in n8n's Executions list, or switch off saving them in the workflows' settings. Pinned data, other systems the workflows wrote to, backups of this store and the provider keep their own copies.`,
	};
}
