import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';

import { maskPhone } from '../../domain/phone';
import { listCampaigns } from '../../services/sending/campaigns';
import { listContacts } from '../../services/contacts/contacts';
import { listGroups } from '../../services/contacts/groups';
import { listSenders } from '../../services/senders/senders';
import type { Store } from '../../store/store';
import { withNodeStore } from './store';

const PAGE = 50;

interface Page {
	search: string | undefined;
	limit: number;
	after: number | undefined;
}

interface Choice extends INodeListSearchItems {
	/** What the pages are ordered by. */
	id: number;
}

/** A page of choices for a resource locator; the token is the id of the last one. */
function searchBy<Row>(read: (store: Store, page: Page) => Promise<Row[]>, choiceOf: (row: Row) => Choice) {
	return async function search(
		this: ILoadOptionsFunctions,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		const after = paginationToken === undefined ? undefined : Number(paginationToken);
		const rows = await withNodeStore(this, (store) =>
			read(store, { search: filter?.trim() || undefined, limit: PAGE, after }),
		);
		const choices = rows.map(choiceOf);
		const last = choices.at(-1);
		const results = choices.map(({ name, value }) => ({ name, value }));
		return { results, ...(rows.length === PAGE && last !== undefined ? { paginationToken: String(last.id) } : {}) };
	};
}

export const listSearch = {
	searchSenders: searchBy(
		(store, { search, limit, after }) => listSenders(store, { search, limit, afterId: after }),
		({ id, name, phone }) => ({ id, name: name && name !== phone ? `${name} (${phone})` : phone, value: id }),
	),
	searchGroups: searchBy(
		(store, page) => listGroups(store, page),
		({ id, name, shortcode }) => ({ id, name: `${name} (${shortcode})`, value: id }),
	),
	searchContacts: searchBy(
		(store, page) => listContacts(store, page),
		({ id, name, smsNumber, whatsAppNumber }) => ({
			id,
			name: [name, maskPhone(whatsAppNumber ?? smsNumber ?? '')].filter(Boolean).join(' · ') || `Contact ${id}`,
			value: id,
		}),
	),
	searchCampaigns: searchBy(
		(store, { search, limit, after }) => listCampaigns(store, { search, limit, before: after }),
		({ campaignId, name, key, state }) => ({ id: campaignId, name: `${name || key} (${state})`, value: key }),
	),
};

export const loadOptions = {
	/** All groups: a company has tens of them. */
	async getGroups(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const groups = await withNodeStore(this, (store) => listGroups(store, { limit: 500 }));
		return groups.map(({ id, name, shortcode }) => ({ name: `${name} (${shortcode})`, value: String(id) }));
	},
};
