import type { OperationTable } from '../../shared/router';
import * as createOrUpdateContact from './contact/createOrUpdate.operation';
import * as deleteContact from './contact/delete.operation';
import * as exportContacts from './contact/export.operation';
import * as getContact from './contact/get.operation';
import * as getManyContacts from './contact/getMany.operation';
import * as importContacts from './contact/import.operation';
import * as mergeContacts from './contact/merge.operation';
import * as addContact from './group/addContact.operation';
import * as createOrUpdateGroup from './group/createOrUpdate.operation';
import * as deleteGroup from './group/delete.operation';
import * as getManyGroups from './group/getMany.operation';
import * as removeContact from './group/removeContact.operation';

export const table: OperationTable = {
	operations: {
		contact: {
			createOrUpdate: createOrUpdateContact,
			delete: deleteContact,
			export: exportContacts,
			get: getContact,
			getMany: getManyContacts,
			import: importContacts,
			merge: mergeContacts,
		},
		group: {
			addContact,
			createOrUpdate: createOrUpdateGroup,
			delete: deleteGroup,
			getMany: getManyGroups,
			removeContact,
		},
	},
	reading: new Set(['contact.get', 'contact.getMany', 'group.getMany']),
};
