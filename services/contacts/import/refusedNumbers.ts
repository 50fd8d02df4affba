import type { ImportedRow } from '../../../domain/contactFile/row';
import { addressesOf } from './foldRows';

/** Some 60 MB; of a longer list of people who said no, the rest is heeded in its own rows only. */
const MOST_REMEMBERED = 500_000;

/**
 * Who said no in one row of a file has not said yes in another: lists are put together of several, and people left some of them. Holds
 * for the rows after that, and for those of the same chunk before it; what was written further above stays.
 */
export class RefusedNumbers {
	private readonly rowOf = new Map<string, number>();

	heed(rows: ImportedRow[]): void {
		for (const row of rows) {
			if (row.consentRefusal === null || this.rowOf.size >= MOST_REMEMBERED) continue;
			for (const address of addressesOf(row)) if (!this.rowOf.has(address)) this.rowOf.set(address, row.row);
		}
		if (this.rowOf.size === 0) return;
		for (const row of rows) {
			if (row.smsConsentAt === null) continue;
			const other = addressesOf(row).flatMap((address) => this.rowOf.get(address) ?? [])[0];
			if (other === undefined) continue;
			const reason = `Row ${other} of the file has the same number, and no consent.`;
			Object.assign(row, { smsConsentSource: null, smsConsentAt: null, consentRefusal: { column: null, reason } });
		}
	}
}
