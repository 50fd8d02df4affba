import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { type INode, type INodeTypeDescription, NodeHelpers } from 'n8n-workflow';

import { CampaignTrigger } from '../../nodes/CampaignTrigger/CampaignTrigger.node';
import { ContactGroup } from '../../nodes/ContactGroup/ContactGroup.node';
import { MessagingReport } from '../../nodes/MessagingReport/MessagingReport.node';
import { OptInFormTrigger } from '../../nodes/OptInFormTrigger/OptInFormTrigger.node';
import { RegistrationStore } from '../../nodes/RegistrationStore/RegistrationStore.node';
import { SendMessage } from '../../nodes/SendMessage/SendMessage.node';
import { WhatsAppOptInTrigger } from '../../nodes/WhatsAppOptInTrigger/WhatsAppOptInTrigger.node';

interface Template {
	name: string;
	nodes: (INode & { webhookId?: string })[];
	connections: Record<string, { main: { node: string; type: string; index: number }[][] }>;
	settings: Record<string, unknown>;
	meta: object;
	pinData: object;
}

const folder = join(__dirname, '../../workflows');
const files = readdirSync(folder).sort();
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const templates = files.map((file): [string, Template] => [file, JSON.parse(read(file)) as Template]);

const ownNodes = new Map<string, INodeTypeDescription>(
	[
		new CampaignTrigger(),
		new ContactGroup(),
		new MessagingReport(),
		new OptInFormTrigger(),
		new RegistrationStore(),
		new SendMessage(),
		new WhatsAppOptInTrigger(),
	].map(({ description }) => [`n8n-nodes-optin.${description.name}`, description]),
);

/** n8n's own nodes the templates may use, with how many outputs each has. */
const coreNodes: Record<string, number> = {
	'n8n-nodes-base.stickyNote': 0,
	'n8n-nodes-base.code': 1,
	'n8n-nodes-base.convertToFile': 1,
	'n8n-nodes-base.emailSend': 1,
	'n8n-nodes-base.filter': 1,
	'n8n-nodes-base.form': 1,
	'n8n-nodes-base.formTrigger': 1,
	'n8n-nodes-base.if': 2,
	'n8n-nodes-base.manualTrigger': 1,
	'n8n-nodes-base.n8nTrigger': 1,
	'n8n-nodes-base.respondToWebhook': 1,
	'n8n-nodes-base.scheduleTrigger': 1,
	'n8n-nodes-base.set': 1,
	'n8n-nodes-base.webhook': 1,
};
const withWebhook = [
	...[...ownNodes].filter(([, { webhooks }]) => webhooks).map(([type]) => type),
	'n8n-nodes-base.form',
	'n8n-nodes-base.formTrigger',
	'n8n-nodes-base.webhook',
];
const NOTE = 'n8n-nodes-base.stickyNote';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const notesOf = ({ nodes }: Template) => nodes.filter(({ type }) => type === NOTE);
const workersOf = ({ nodes }: Template) => nodes.filter(({ type }) => type !== NOTE);
const contentOf = (note: INode | undefined): string => {
	const content = note?.parameters.content;
	return typeof content === 'string' ? content : '';
};
const outputsOf = (type: string): number => {
	const outputs = ownNodes.get(type)?.outputs;
	// Given by an expression: Opt-In, Opt-Out, Message.
	if (typeof outputs === 'string') return 3;
	return outputs?.length ?? coreNodes[type] ?? 0;
};

it('There is a template for each flow of this version', () => {
	expect(files).toEqual([
		'0-first-steps.json',
		'1-opt-in-form.json',
		'2-opt-in-and-opt-out.json',
		'3-reminder.json',
		'4-import-contacts.json',
		'5-bulk-send.json',
		'6-campaign-delivery.json',
		'7-weekly-report.json',
		'8-registrations-page.json',
		'9-service-activated.json',
	]);
});

it('No two templates share a name, a node id or a webhook', () => {
	const all = templates.flatMap(([, { nodes }]) => nodes);
	const webhooks = all.flatMap(({ webhookId }) => webhookId ?? []);
	expect(new Set(templates.map(([, { name }]) => name)).size).toBe(templates.length);
	expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
	expect(new Set(webhooks).size).toBe(webhooks.length);
});

describe.each(templates)('The template %s', (file, template) => {
	it('holds what an import needs and nothing of the n8n it was made in', () => {
		expect(Object.keys(template)).toEqual(['name', 'nodes', 'connections', 'settings', 'meta', 'pinData']);
		expect(template.settings.executionOrder).toBe('v1');
		expect(template.pinData).toEqual({});
		expect(template.meta).toEqual({});
		for (const node of template.nodes) {
			expect([
				'parameters',
				'id',
				'name',
				'type',
				'typeVersion',
				'position',
				'webhookId',
				'onError',
				'alwaysOutputData',
				'executeOnce',
			]).toEqual(expect.arrayContaining(Object.keys(node)));
		}
	});

	it('names no credential, no secret, no real address and no real number', () => {
		const text = read(file);
		expect(text).not.toMatch(/"credentials"|templateCredsSetupCompleted|instanceId/);
		expect(text).not.toMatch(/\bEAA\w{10,}|Bearer |\bsk-|(?:password|secret)["']?\s*[:=]|access_?token/i);
		expect(text.match(/[\w.+-]+@[\w.-]+/g) ?? []).toEqual(
			(text.match(/[\w.+-]+@[\w.-]+/g) ?? []).filter((address) => address.endsWith('@example.com')),
		);
		expect(text.match(/https?:\/\/[^\s"\\]+/g) ?? []).toEqual([]);
		expect(text.replaceAll('+39 02 12345678', '')).not.toMatch(/\+\d[\d ]{7,}/);
	});

	it('gives every node a name and an id of its own, and fixed webhooks to those that have one', () => {
		const names = template.nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		for (const { id, name, type, webhookId } of template.nodes) {
			expect(id).toMatch(UUID);
			if (withWebhook.includes(type)) expect([name, webhookId]).toEqual([name, expect.stringMatching(UUID)]);
		}
	});

	it('explains on the canvas what to do and what each part is', () => {
		const notes = notesOf(template);
		expect(contentOf(notes.find(({ name }) => name === 'Overview'))).toContain('**Set up**');
		expect(notes.length).toBeGreaterThanOrEqual(3);
		for (const note of notes) expect(contentOf(note).length).toBeGreaterThan(30);
	});

	it('has no note on a note and no node on a text', () => {
		const boxes = notesOf(template).map((note) => {
			const {
				name,
				position: [x, y],
				parameters,
			} = note;
			const width = Number(parameters.width);
			return { name, x, y, width, height: Number(parameters.height), textEnd: y + textHeight(contentOf(note), width) };
		});
		for (const [index, one] of boxes.entries()) {
			expect([one.name, one.textEnd <= one.y + one.height]).toEqual([one.name, true]);
			for (const other of boxes.slice(index + 1))
				expect([one.name, other.name, overlap(one, other)]).toEqual([one.name, other.name, false]);
		}
		const nodes = workersOf(template).map(({ name, position: [x, y] }) => ({ name, x, y, ...NODE_SIZE }));
		for (const [index, node] of nodes.entries()) {
			for (const other of nodes.slice(index + 1))
				expect([node.name, other.name, overlap(node, other)]).toEqual([node.name, other.name, false]);
			for (const box of boxes.filter((each) => overlap(each, node))) {
				expect([node.name, box.name, contains(box, node)]).toEqual([node.name, box.name, true]);
				expect([node.name, box.name, node.y >= box.textEnd]).toEqual([node.name, box.name, true]);
			}
		}
	});

	it('uses nodes that exist, with parameters that exist and are filled in', () => {
		for (const node of workersOf(template)) {
			const description = ownNodes.get(node.type);
			expect([node.type, description !== undefined || node.type in coreNodes]).toEqual([node.type, true]);
			if (!description) continue;
			const known = NodeHelpers.getNodeParameters(
				description.properties,
				node.parameters,
				false,
				false,
				node,
				description,
			);
			const given = Object.fromEntries(
				Object.entries(node.parameters).filter(
					([name, value]) => name in (known ?? {}) || !isDefault(description, name, value),
				),
			);
			expect([node.name, known]).toEqual([node.name, expect.objectContaining(given)]);
			const filled = {
				...node,
				parameters:
					NodeHelpers.getNodeParameters(description.properties, node.parameters, true, false, node, description) ?? {},
			};
			expect([node.name, NodeHelpers.getNodeParametersIssues(description.properties, filled, description)]).toEqual([
				node.name,
				null,
			]);
			for (const [name, value] of Object.entries(node.parameters))
				expect([node.name, name, value, isOffered(description, name, value)]).toEqual([node.name, name, value, true]);
		}
	});

	it('connects only what is there, and leaves no node without a way to it', () => {
		const byName = new Map(template.nodes.map((node) => [node.name, node]));
		const reached = new Set<string>();
		for (const [from, { main }] of Object.entries(template.connections)) {
			const type = byName.get(from)?.type ?? '';
			expect([from, main.length <= outputsOf(type)]).toEqual([from, true]);
			for (const { node, type: kind, index } of main.flat()) {
				expect([from, byName.has(node), kind, index]).toEqual([from, true, 'main', 0]);
				reached.add(node);
			}
		}
		for (const { name, type } of workersOf(template))
			expect([name, reached.has(name) || /(?:trigger|\.webhook)$/i.test(type)]).toEqual([name, true]);
	});

	it('reads only from nodes that are there', () => {
		const names = new Set(template.nodes.map(({ name }) => name));
		for (const [, name] of read(file).matchAll(/\$\('([^']+)'\)/g)) expect(names).toContain(name);
	});

	it('keeps no successful runs where they would hold phone numbers', () => {
		const carriesPeople = template.nodes.some(
			({ type, parameters }) =>
				/\.(optInFormTrigger|whatsAppOptInTrigger)$/.test(type) ||
				(typeof parameters.operation === 'string' &&
					['claimReminders', 'import', 'revoke'].includes(parameters.operation)),
		);
		expect(template.settings.saveDataSuccessExecution).toBe(carriesPeople ? 'none' : undefined);
	});
});

describe('The words of the templates', () => {
	const node = (file: string, name: string): INode => {
		const found = templates.find(([each]) => each === file)?.[1].nodes.find((each) => each.name === name);
		if (!found) throw new Error(`${file} has no node "${name}"`);
		return found;
	};
	/** What n8n makes of a parameter that is one expression. */
	const evaluate = (expression: unknown, json: object): unknown => {
		const code = /^=\{\{([\s\S]*)\}\}$/.exec(String(expression))?.[1] ?? '';
		return runInNewContext(code, { $json: json });
	};

	it.each([
		['registered', 'Welcome! You are registered for News.'],
		['joinedGroup', 'You are now in the group News, too.'],
		['waiting', 'You are on the list'],
		['smsConsent', 'You will hear from us by SMS'],
		['alreadyRegistered', 'You are registered.'],
	])('say welcome after %s', (outcome, words) => {
		const text = evaluate(node('2-opt-in-and-opt-out.json', 'Say welcome').parameters.text, {
			outcome,
			group: 'news',
			groupName: 'News',
		});
		expect(text).toContain(words);
	});

	it('say that a group does not exist, to whoever asked for one', () => {
		const { text } = node('2-opt-in-and-opt-out.json', 'Say welcome').parameters;
		const words = (outcome: string) => evaluate(text, { outcome, group: 'nwes', groupName: null, unknownGroup: true });
		expect(words('registered')).toBe(
			'Welcome! You are registered. We have no group of that name. Write STOP at any time to end it.',
		);
		expect(words('alreadyRegistered')).toBe(
			'You are registered. We have no group of that name. Write STOP at any time to end it.',
		);
	});

	it.each([
		['+391', 'si è liberato un posto'],
		['+431', 'Ein Platz ist frei'],
		['+331', 'une place s’est libérée'],
		['+341', 'un lugar'],
		['+351', 'ficou livre'],
		['+311', 'er is een plaats vrij'],
		['+441', 'a place has become free'],
		[null, 'a place has become free'],
	])('tell who got a place that became free, in the language of %s', (phone, words) => {
		const file = '2-opt-in-and-opt-out.json';
		const freed = { applied: true, outcome: 'registered', messageType: null, placeFreed: true, phone };
		const lets = (name: string, json: object): unknown => {
			const { conditions } = node(file, name).parameters.conditions as { conditions: Array<{ leftValue: string }> };
			return evaluate(conditions[0]?.leftValue, json);
		};
		expect(lets('Places that became free', freed)).toBe(true);
		expect(lets('Opt-ins that count', freed)).toBe(false);
		expect(lets('Places that became free', { applied: true, outcome: 'registered', messageType: 'text' })).toBe(false);
		expect(evaluate(node(file, 'Say that there is a place').parameters.text, freed)).toContain(words);
	});

	it.each([
		[
			'+391',
			'Benvenuto! La sua iscrizione è attiva per News. Scriva STOP',
			'Non riceverà più nulla',
			'Ha lasciato il gruppo News',
		],
		[
			'+431',
			'Willkommen! Sie sind angemeldet für News. Mit STOP',
			'Sie erhalten nichts mehr',
			'Sie haben die Gruppe News verlassen',
		],
		[
			'+331',
			'Bienvenue ! Vous êtes inscrit à News. Écrivez STOP',
			'Vous ne recevrez plus rien',
			'quitté le groupe News',
		],
		[
			'+341',
			'¡Bienvenido! Su registro está activo para News. Escriba STOP',
			'No recibirá nada más',
			'salido del grupo News',
		],
		[
			'+551',
			'Bem-vindo! O seu registo está ativo para News. Escreva STOP',
			'Não receberá mais nada',
			'Saiu do grupo News',
		],
		['+311', 'Welkom! U bent aangemeld voor News. Schrijf STOP', 'U hoort niets meer', 'U hebt de groep News verlaten'],
		[
			'+441',
			'Welcome! You are registered for News. Write STOP',
			'You will receive nothing more',
			'You have left the group News',
		],
	])('say welcome and goodbye in the language of %s', (phone, welcome, goodbye, left) => {
		const say = (name: string, outcome: string): unknown =>
			evaluate(node('2-opt-in-and-opt-out.json', name).parameters.text, { outcome, groupName: 'News', phone });
		expect(say('Say welcome', 'registered')).toContain(welcome);
		expect(say('Say goodbye', 'optedOut')).toContain(goodbye);
		expect(say('Say goodbye', 'leftGroup')).toContain(left);
		expect(
			new Set(['registered', 'joinedGroup', 'waiting', 'smsConsent', 'other'].map((each) => say('Say welcome', each)))
				.size,
		).toBe(5);
	});

	it('say which group was left, and goodbye to whoever leaves altogether', () => {
		const { text } = node('2-opt-in-and-opt-out.json', 'Say goodbye').parameters;
		expect(evaluate(text, { outcome: 'leftGroup', groupName: 'News' })).toContain('left the group News');
		expect(evaluate(text, { outcome: 'optedOut', groupName: null })).toContain('nothing more from us');
	});

	it.each([
		['HILFE', '+391', 'Mit START'],
		['Aiuto!', '+491', 'Scriva START'],
		['aidez moi', null, 'Écrivez START'],
		['¡Ayuda!', null, 'Escriba START'],
		['ajuda', null, 'Escreva START'],
		['hulp', null, 'Schrijf START'],
		['help me', '+391', 'Write START'],
		['?', '+491', 'Mit START'],
		['INFO', '+391', 'Scriva START'],
		['help', '+351', 'Escreva START'],
		['help', null, 'Write START'],
	])('answer "%s" of somebody whose number begins with %s by "%s"', (text, phone, words) => {
		expect(evaluate(node('2-opt-in-and-opt-out.json', 'Say what to write').parameters.text, { text, phone })).toContain(
			words,
		);
	});

	describe('Ask whether to stop', () => {
		const asked = (json: object): string =>
			String(evaluate(node('2-opt-in-and-opt-out.json', 'Ask whether to stop').parameters.text, json));

		it.each([
			['what happens if I unsubscribe?', '+391', 'Shall we stop'],
			['Cosa succede se mi cancello dai messaggi?', '+491', 'Vuole che smettiamo'],
			['was passiert, wenn ich mich abmelde?', '+391', 'Sollen wir'],
			['Vos messages me fatiguent un peu', null, 'Voulez-vous ne plus'],
			['¿Por qué me mandan tantos mensajes?', '+351', '¿Quiere que'],
			['não sei se quero mais mensagens', null, 'Quer que deixemos'],
			['ik weet niet of ik nog berichten wil', '+491', 'Wilt u dat'],
			['Basta', '+391', 'Vuole che smettiamo'],
			['👎', '+431', 'Sollen wir'],
			['👎', '+861', 'Shall we stop'],
			[null, null, 'Shall we stop'],
		])('after "%s" of somebody whose number begins with %s by "%s"', (text, phone, words) => {
			expect(asked({ text, phone })).toContain(words);
		});

		it.each(['en', 'it', 'de', 'fr', 'es', 'pt', 'nl'])('names the word in %s, in a single SMS', (language) => {
			const words = asked({ text: 'not interested', phone: '+441', language });
			expect(words).toContain(' STOP ');
			expect(words.length).toBeLessThanOrEqual(160);
		});

		it('only where there is a doubt not asked about yet, and nothing newer was said', () => {
			const [condition] = (
				node('2-opt-in-and-opt-out.json', 'Doubts').parameters.conditions as { conditions: { leftValue: string }[] }
			).conditions;
			const asks = (outcome: string, applied = true) => evaluate(condition?.leftValue, { outcome, applied });
			expect(asks('doubtful')).toBe(true);
			expect([
				asks('doubtful', false),
				...['alreadyAsked', 'alreadyOptedOut', 'help', 'none'].map((each) => asks(each)),
			]).toEqual(Array.from({ length: 5 }, () => false));
		});
	});

	describe.each([
		['invite', '1-opt-in-form.json', 'Send the invitation'],
		['remind', '3-reminder.json', 'Send the reminder'],
	])('%s', (_, file, name) => {
		const said = (language: string | undefined): string => {
			const link = 'https://wa.me/390212345678?text=START%20NEWSLETTER%204k7q2mx';
			return String(evaluate(node(file, name).parameters.text, { language, senderPhone: '+390212345678', link }));
		};

		it.each(['en', 'it', 'de', 'fr', 'es', 'pt', 'nl', 'ja', undefined])(
			'in the language of the person (%s) with number and link, in a single SMS',
			(language) => {
				const words = said(language);
				expect(words).toContain('+390212345678');
				expect(words).toContain('START%20NEWSLETTER%204k7q2mx');
				expect(words.length).toBeLessThanOrEqual(160);
				// GSM 03.38: one character outside it halves what fits into an SMS.
				expect(words).toMatch(/^[A-Za-z0-9 @£$¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§äöñüà¿¡!"#%&'()*+,./:;<=>?_\n-]*$/);
			},
		);

		it('in seven languages, and English for all others', () => {
			expect(new Set(['en', 'it', 'de', 'fr', 'es', 'pt', 'nl'].map(said)).size).toBe(7);
			expect(said('ja')).toBe(said('en'));
		});
	});

	it('give the company the address of the form of template 1, wherever n8n is', () => {
		const { assignments } = node('9-service-activated.json', 'Your form').parameters.assignments as {
			assignments: { value: string }[];
		};
		const { webhookId } = node('1-opt-in-form.json', 'Opt-in form') as INode & { webhookId?: string };
		expect(assignments[0]?.value).toMatch(
			new RegExp(`^={{ \\$execution\\.resumeUrl\\.split\\('/webhook-waiting/'\\)\\[0\\] }}/webhook/${webhookId}/form$`),
		);
	});
});

const NODE_SIZE = { width: 96, height: 140 };

/** Estimated as n8n draws it: 20 pixels a line of about 7.2 pixels a character, headings larger, 16 pixels around. */
function textHeight(content: string, width: number): number {
	const perLine = Math.floor((width - 32) / 7.2);
	return content.split('\n').reduce((height, line) => {
		if (line === '') return height + 8;
		const heading = /^#+ /.exec(line);
		const characters = line.replace(/[#*`]/g, '').length * (heading ? 1.5 : 1);
		return height + Math.ceil(characters / perLine) * (heading ? 32 : 20) + 4;
	}, 32);
}

interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

function overlap(one: Box, other: Box): boolean {
	return (
		one.x < other.x + other.width &&
		other.x < one.x + one.width &&
		one.y < other.y + other.height &&
		other.y < one.y + one.height
	);
}

function contains(outer: Box, inner: Box): boolean {
	return (
		inner.x >= outer.x &&
		inner.y >= outer.y &&
		inner.x + inner.width <= outer.x + outer.width &&
		inner.y + inner.height <= outer.y + outer.height
	);
}

/** What a list of options holds, where the parameter is one and no expression chooses. */
function isOffered({ properties }: INodeTypeDescription, name: string, value: unknown): boolean {
	const lists = properties.filter(
		(property) => property.name === name && property.type === 'options' && property.options,
	);
	if (lists.length === 0 || String(value).startsWith('=')) return true;
	return lists.some(({ options }) => options?.some((option) => 'value' in option && option.value === value));
}

/** A value that says the same as leaving the parameter out. */
function isDefault({ properties }: INodeTypeDescription, name: string, value: unknown): boolean {
	return properties.some(
		(property) => property.name === name && JSON.stringify(property.default) === JSON.stringify(value),
	);
}
