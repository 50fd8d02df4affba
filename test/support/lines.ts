import type { SendRequest, SendResult } from '../../providers/provider';
import type { SendInput } from '../../services/sending/sendAndReply';
import type { Store } from '../../store/store';
import { FakeProvider } from './delivery';
import { seen } from './inbound';

/** Lines with two forms each, the dialled one first. */
export const forms: ReadonlyArray<(line: number) => [dialled: string, older: string]> = [
	(line) => [`+5531987${digits(line)}`, `+553187${digits(line)}`],
	(line) => [`+525512${digits(line, 6)}`, `+5215512${digits(line, 6)}`],
	(line) => [`+5491123${digits(line, 6)}`, `+541123${digits(line, 6)}`],
	(line) => [`+229019712${digits(line, 4)}`, `+2299712${digits(line, 4)}`],
	(line) => [`+22507071${digits(line, 5)}`, `+225071${digits(line, 5)}`],
];

const digits = (line: number, length = 6): string => String(line).padStart(length, '0');

export const DAILY_ADVERTISEMENT: SendInput = {
	channel: 'whatsapp',
	sender: '',
	to: '',
	purpose: 'advertisement',
	content: { type: 'text', body: 'Today: bread.' },
	idempotencyKey: '',
};

/** As FakeProvider, naming how it knows the recipient. */
class TellingProvider extends FakeProvider {
	toldPhone: string | null = null;
	whatsAppUserId: string | null = null;

	override async send(request: SendRequest): Promise<SendResult[]> {
		const results = await super.send(request);
		return results.map((result) =>
			result.accepted ? { ...result, toldPhone: this.toldPhone, whatsAppUserId: this.whatsAppUserId } : result,
		);
	}
}

export async function setUp(store: Store): Promise<{ store: Store; provider: TellingProvider }> {
	return { store, provider: new TellingProvider(store) };
}

export async function states(store: Store, phone: string) {
	const { registrations, words, contacts } = await seen(store, phone);
	return { registrations, words, contacts: contacts.length };
}
