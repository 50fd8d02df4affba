import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { getContact } from '../../../../services/contacts/contacts';
import { contactLocator, readId } from '../../../shared/locators';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [contactLocator()];

export const description = updateDisplayOptions({ show: { resource: ['contact'], operation: ['get'] } }, properties);

export async function execute({ store, parameters }: Call) {
	return await getContact(store, { contactId: readId(parameters, 'contact') });
}
