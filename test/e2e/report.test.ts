import { yesterdayAndToday } from './helperWorkflows';
import { readTemplates } from '../../sandbox/templates';
import { eventually, World } from './world';

/** The weekly report's template with a schedule of every few seconds: Schedule Trigger → Messaging Report → Send Email → mailbox. */
describe('The report by e-mail on a real n8n', () => {
	let world: World;
	beforeAll(async () => {
		world = await World.start({ furtherWorkflows: [everyFiveSeconds()] });
	}, 240_000);
	afterAll(async () => await world?.close());

	it('is brought to the mailbox by the schedule, as HTML and text', async () => {
		await world.whatsApp('+393331234567', 'START');
		await world.waitForReceived('+393331234567', 1);
		const mail = await eventually(
			() => world.sandbox.mailbox.mails().find(({ text }) => /Registrations: 1\b/.test(text)),
			60_000,
			() => 'the report',
		);
		expect(mail.subject).toContain('Messages');
		expect(mail.to).toContain('boss@example.com');
		expect(mail.html).toContain('WhatsApp');
		expect(mail.html).not.toMatch(/<script|https?:\/\//);
		expect(mail.text).toContain('WhatsApp');
	}, 120_000);
});

function everyFiveSeconds() {
	const template = readTemplates().find(({ name }) => name.startsWith('7'));
	if (!template) throw new Error('The template "7 Weekly report" is gone.');
	const nodes = template.nodes.map((node) => {
		if (node.type === 'n8n-nodes-base.scheduleTrigger')
			return { ...node, parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: 5 }] } } };
		return 'period' in node.parameters ? { ...node, parameters: { ...node.parameters, ...yesterdayAndToday } } : node;
	});
	return { ...template, id: 'reportEverySeconds', name: 'Report every five seconds', nodes };
}
