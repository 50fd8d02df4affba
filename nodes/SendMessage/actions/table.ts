import type { OperationTable } from '../../shared/router';
import * as cancel from './campaign/cancel.operation';
import * as create from './campaign/create.operation';
import * as deliver from './campaign/deliver.operation';
import * as get from './campaign/get.operation';
import * as getMany from './campaign/getMany.operation';
import * as pause from './campaign/pause.operation';
import * as preview from './campaign/preview.operation';
import * as resume from './campaign/resume.operation';
import * as reply from './message/reply.operation';
import * as send from './message/send.operation';

export const table: OperationTable = {
	operations: {
		message: { send, reply },
		campaign: { cancel, create, deliver, get, getMany, pause, preview, resume },
	},
	reading: new Set(['campaign.get', 'campaign.getMany', 'campaign.preview']),
};
