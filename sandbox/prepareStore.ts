import { createOrUpdateGroup } from '../services/contacts/groups';
import { createOrUpdateSender } from '../services/senders/senders';
import { openStore, type StoreSettings } from '../store/store';
import { metaAccount, websmsAccount } from './accounts';

/**
 * Makes the store that the sandbox's credential names, if it is not there yet, with the company's numbers and one group:
 * a store is made by the credential's test or by the first set-up only, and nobody presses that button here.
 * What the user changed since stays.
 */
export async function prepareStore(settings: StoreSettings): Promise<void> {
	const store = await openStore(settings, { create: true });
	try {
		const known = await store.read((db) => db.selectFrom('sender').select('phone').execute());
		if (known.length > 0) return;
		await createOrUpdateSender(store, {
			phone: metaAccount.phone,
			name: `${metaAccount.name} (WhatsApp)`,
			provider: 'meta',
			providerSenderId: metaAccount.phoneNumberId,
			sendsWhatsApp: true,
			sendsSms: false,
			country: 'IT',
			language: 'en',
		});
		await createOrUpdateSender(store, {
			phone: websmsAccount.smsPhone,
			name: `${websmsAccount.name} (SMS)`,
			provider: 'websms',
			sendsWhatsApp: false,
			sendsSms: true,
			country: 'IT',
			language: 'en',
		});
		await createOrUpdateGroup(store, { name: 'Newsletter', shortcode: 'news' });
	} finally {
		await store.close();
	}
}
