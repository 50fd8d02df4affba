import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

import { clickToChatLink } from '../../../../domain/clickToChat';
import { listSenders, type SenderView } from '../../../../services/senders/senders';
import { pageFields } from '../../../shared/fields';
import { readPages } from '../../../shared/pages';
import type { Call } from '../../../shared/router';

const properties: INodeProperties[] = [...pageFields];

export const description = updateDisplayOptions({ show: { resource: ['sender'], operation: ['getMany'] } }, properties);

export async function execute({ store, parameters }: Call) {
	const senders = await readPages<SenderView>(parameters, (limit, last) =>
		listSenders(store, { limit, afterId: last?.id }),
	);
	return senders.map((sender) => ({ ...sender, clickToChatLink: linkOf(sender) }));
}

/** The same for everybody, with START typed in. */
function linkOf({ phone, sendsWhatsApp }: SenderView): string | null {
	return sendsWhatsApp ? clickToChatLink({ senderPhone: phone, shortcode: null, code: null }) : null;
}
