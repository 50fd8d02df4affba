import type { OperationTable } from '../../shared/router';
import * as email from './report/email.operation';
import * as summary from './report/summary.operation';

export const table: OperationTable = {
	operations: { report: { email, summary } },
	reading: new Set(['report.email', 'report.summary']),
};
