import { createOrUpdateContact, listContacts } from '../../../services/contacts/contacts';
import { describeStores } from '../../support/stores';

describeStores('Searching', (context) => {
	it('finds names whatever their case, with letters beyond A to Z, too', async () => {
		const { store } = context();
		const names = ['Ayşe Öztürk', 'ÖZTÜRK GMBH', 'öztürk', 'Groß', 'Özge 100%'];
		for (const [index, name] of names.entries())
			await createOrUpdateContact(store, { smsNumber: `+39333100000${index}`, name });
		const found = async (search: string): Promise<Array<string | null>> =>
			(await listContacts(store, { search })).map(({ name }) => name);
		for (const search of ['öztürk', 'ÖZTÜRK', 'Öztürk', 'özt']) expect(await found(search)).toEqual(names.slice(0, 3));
		expect(await found('ayşe ö')).toEqual([names[0]]);
		expect(await found('groß')).toEqual(['Groß']);
		expect(await found('özge 100%')).toEqual(['Özge 100%']);
		expect(await found('ö_t')).toEqual([]);
	});
});
