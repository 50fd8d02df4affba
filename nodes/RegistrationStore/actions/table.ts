import type { OperationTable } from '../../shared/router';
import * as acceptFindings from './consent/acceptFindings.operation';
import * as confirmRestore from './consent/confirmRestore.operation';
import * as erase from './consent/erase.operation';
import * as exportConsent from './consent/export.operation';
import * as exportOptOuts from './consent/exportOptOuts.operation';
import * as importOptOuts from './consent/importOptOuts.operation';
import * as purge from './consent/purge.operation';
import * as verify from './consent/verify.operation';
import * as applyMessage from './registration/applyMessage.operation';
import * as check from './registration/check.operation';
import * as claimReminders from './registration/claimReminders.operation';
import * as endSilent from './registration/endSilent.operation';
import * as get from './registration/get.operation';
import * as getMany from './registration/getMany.operation';
import * as getUsage from './registration/getUsage.operation';
import * as invite from './registration/invite.operation';
import * as register from './registration/register.operation';
import * as revoke from './registration/revoke.operation';
import * as createOrUpdate from './sender/createOrUpdate.operation';
import * as getManySenders from './sender/getMany.operation';

export const table: OperationTable = {
	operations: {
		registration: { applyMessage, check, claimReminders, endSilent, get, getMany, getUsage, invite, register, revoke },
		sender: { createOrUpdate, getMany: getManySenders },
		consent: {
			acceptFindings,
			confirmRestore,
			erase,
			export: exportConsent,
			exportOptOuts,
			importOptOuts,
			purge,
			verify,
		},
	},
	reading: new Set([
		'registration.check',
		'registration.get',
		'registration.getMany',
		'registration.getUsage',
		'sender.getMany',
		'consent.verify',
	]),
};
