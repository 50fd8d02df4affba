import type { SenderInput } from '../../../services/senders/senders';
import { another, changesNumber, fillsForm, later, type MayBeSent, operator, refuses, type Step, switches, together, writes } from '../../support/consentWorld';

/** One clause of the rules of consent: what happened before, what happens, and what may be sent afterwards. */
export interface RuleCase {
	rule: number;
	clause: string;
	/** Of both senders, A and B, where it matters. */
	sender?: Partial<SenderInput>;
	before: Step[];
	/** The state that `before` leaves. */
	from: string;
	event: Step;
	to: string;
	may: MayBeSent;
	/** Whose state and permissions are shown: the person's own number, their new one, or their WhatsApp user id. */
	of?: 'phone' | 'newPhone' | 'userId';
	/** What the workflow is told of the event. */
	told?: string;
	/** Messages of all four kinds were queued before the event; these still are. */
	queued?: string[];
	/** Whether the event may be answered so many minutes later, once and once again. */
	reply?: { afterMinutes: number; answers: string[] };
	/** Whether free text, without a template, may go out by WhatsApp. */
	freeText?: string;
	/** What the ledger holds of the person, oldest first. */
	ledger?: string[];
}

/** Registered, and nothing said of SMS. */
const registered: MayBeSent = ['yes', 'yes', 'no SMS consent', 'yes'];
/** Registered, with Meta's switch off. */
const marketingOff: MayBeSent = ['opted out', 'yes', 'no SMS consent', 'yes'];
const unregistered: MayBeSent = ['not registered', 'not registered', 'no SMS consent', 'yes'];
/** After STOP by WhatsApp. */
const stopped: MayBeSent = ['opted out', 'opted out', 'opted out', 'yes'];
/** After STOP by SMS. */
const silent: MayBeSent = ['opted out', 'opted out', 'opted out', 'opted out'];
const waiting: MayBeSent = ['place on the waiting list', 'place on the waiting list', 'no SMS consent', 'yes'];

const keywordOnly = { policy: 'keywordOnly' } as const;
const keywordOrInvitation = { policy: 'keywordOrInvitation' } as const;
const thisSender = { stopScope: 'thisSender' } as const;

/** A text to somebody unknown, and whether it registers them. */
const parsed = (clause: string, words: string, isStart: boolean, sender?: Partial<SenderInput>): RuleCase => ({
	rule: 1,
	clause,
	sender: sender ?? keywordOnly,
	before: [],
	from: 'unknown',
	event: writes(words),
	to: isStart ? 'active, contact' : 'not registered',
	may: isStart ? registered : unregistered,
});

const stops = (clause: string, words: string): RuleCase => ({ rule: 1, clause, before: [writes('START')], from: 'active, contact', event: writes(words), to: 'ended by the person, contact, STOP', may: stopped });

/** Under each policy: what a first message of each kind does. */
const policy = (name: 'anyMessage' | 'keywordOrInvitation' | 'keywordOnly', clause: string, event: Step, isRegistered: boolean, invited = false): RuleCase => ({
	rule: 2,
	clause,
	sender: { policy: name },
	before: invited ? [fillsForm()] : [],
	from: invited ? 'invited' : 'unknown',
	event,
	to: isRegistered ? 'active, contact' : invited ? 'invited' : 'not registered',
	may: isRegistered ? registered : unregistered,
});

export const cases: RuleCase[] = [
	parsed('START in any letter case, with emoji and punctuation', '  🎉 ｓｔａｒｔ!! ', true),
	...[['English', 'Subscribe'], ['Italian', 'Iscrivimi'], ['German', 'Anmelden'], ['French', 'Démarrer'], ['Spanish', 'Alta'], ['Portuguese', 'Começar'], ['Dutch', 'Inschrijven']].map(
		([language, word]) => parsed(`START in ${language}`, word as string, true),
	),
	parsed('Free wording never opts in', 'I would like to start hearing from you', false),
	parsed('START and STOP in one text register nobody', 'START STOP', false, {}),
	...[['English', 'unsubscribe!'], ['Italian', 'DISISCRIVIMI'], ['German', 'Abmelden.'], ['French', 'Arrêter'], ['Spanish', 'Baja'], ['Portuguese', 'Sair'], ['Dutch', 'Afmelden']].map(([language, word]) =>
		stops(`STOP in ${language}`, word as string),
	),
	stops('Free wording is recognised for opting out', 'stop writing to me'),
	stops('Letters taken apart are still STOP', 'S.T.O.P.'),
	stops('STOP in look-alikes of other alphabets', 'SТОР'),
	stops('STOP in Cyrillic', 'СТОП'),
	{ ...stops('A button that carries STOP under another label', 'x'), event: writes('Basta così', { type: 'button', buttonPayload: 'STOP' }) },
	{ rule: 1, clause: 'START with a shortcode', before: [], from: 'unknown', event: writes('start news'), to: 'active, contact, in NEWS', may: registered, told: 'Opt-In: registered' },
	{ rule: 1, clause: 'STOP with a shortcode', before: [writes('START NEWS')], from: 'active, contact, in NEWS', event: writes('Stop, news.'), to: 'active, contact, STOP NEWS', may: registered, told: 'Opt-Out: leftGroup' },

	policy('anyMessage', 'Any Message: a first message registers', writes('hello'), true),
	policy('anyMessage', 'Any Message: a picture registers', writes(null, { type: 'image' }), true),
	policy('anyMessage', 'Any Message: a text that looks like an opt-out does not', writes('what happens if I unsubscribe?'), false),
	{ rule: 2, clause: 'What may be an opt-out lets nobody go, and leaves as a doubt', before: [writes('START')], from: 'active, contact', event: writes('what happens if I unsubscribe?'), to: 'active, contact', may: registered, told: 'Message: doubtful' },
	{ rule: 2, clause: 'Within 24 hours of a doubt another one is not asked about again', before: [writes('START'), writes('not interested'), later(23)], from: 'active, contact', event: writes('what happens if I unsubscribe?'), to: 'active, contact', may: registered, told: 'Message: alreadyAsked' },
	{ rule: 2, clause: 'From 24 hours after a doubt on the next one is asked about', before: [writes('START'), writes('not interested'), later(24)], from: 'active, contact', event: writes('what happens if I unsubscribe?'), to: 'active, contact', may: registered, told: 'Message: doubtful' },
	{ rule: 2, clause: 'Who has opted out is not asked', before: [writes('START'), writes('STOP'), later(30)], from: 'ended by the person, contact, STOP', event: writes('what happens if I unsubscribe?'), to: 'ended by the person, contact, STOP', may: stopped, told: 'Message: alreadyOptedOut' },
	{ rule: 2, clause: 'Within 24 hours of a doubt a message does not register: “yes” answers the question', before: [writes('not interested'), later(23)], from: 'not registered', event: writes('yes'), to: 'not registered', may: unregistered },
	{ rule: 2, clause: 'From 24 hours after a doubt on a message registers under Any Message', before: [writes('not interested'), later(24)], from: 'not registered', event: writes('hello'), to: 'active, contact', may: registered },
	{ rule: 2, clause: 'STOP answers a doubt', before: [writes('START'), writes('not interested'), later(1)], from: 'active, contact', event: writes('STOP'), to: 'ended by the person, contact, STOP', may: stopped, told: 'Opt-Out: optedOut' },
	{ rule: 2, clause: 'Within 24 hours of a doubt START registers', before: [writes('not interested'), later(1)], from: 'not registered', event: writes('START'), to: 'active, contact', may: registered },
	policy('anyMessage', 'Any Message: a help word does not', writes('HELP'), false),
	...['reaction', 'sticker', 'system', 'unsupported', 'revoke', 'call_permission_reply', 'pin', 'a type of next year'].map((type) => policy('anyMessage', `Any Message: type ${type} does not`, writes(type === 'reaction' ? '👍' : null, { type }), false)),
	policy('anyMessage', 'Any Message: an edited message does not, whatever it says now', writes('START', { type: 'edit' }), false),
	policy('anyMessage', 'Any Message: a form filled in inside WhatsApp does not', writes('Anna, Rome', { type: 'nfm_reply' }), false),
	policy('anyMessage', 'Any Message: START refused does not', writes('🚫 START'), false),
	policy('anyMessage', 'Any Message: a sign of refusal alone does not', writes('🛑'), false),
	policy('anyMessage', 'Any Message: START in a WhatsApp group does not', writes('START', { type: 'group_text' }), false),
	policy('keywordOrInvitation', 'Keyword or Invitation: a message without invitation does not register', writes('hello'), false),
	policy('keywordOrInvitation', 'Keyword or Invitation: START registers', writes('START'), true),
	policy('keywordOrInvitation', 'Keyword or Invitation: any message registers who is invited', writes('hello'), true, true),
	policy('keywordOrInvitation', 'Keyword or Invitation: a help word does not, invited or not', writes('HELP'), false, true),
	policy('keywordOnly', 'Keyword Only: a message does not register', writes('hello'), false),
	policy('keywordOnly', 'Keyword Only: a message does not, invited or not', writes('hello'), false, true),
	policy('keywordOnly', 'Keyword Only: START registers', writes('START'), true),
	...[
		['anyMessage', 'hello'],
		['keywordOrInvitation', 'hello'],
		['keywordOnly', 'hello'],
	].map(([name, words]): RuleCase => ({
		rule: 2,
		clause: `Within 24 hours of an opt-out a message does not register (${name})`,
		sender: { policy: name as 'anyMessage' },
		before: [writes('START'), writes('STOP'), later(23)],
		from: 'ended by the person, contact, STOP',
		event: writes(words as string),
		to: 'ended by the person, contact, STOP',
		may: stopped,
	})),
	{
		rule: 2,
		clause: 'Within 24 hours of an opt-out not even the answer to an invitation registers',
		sender: keywordOrInvitation,
		before: [writes('START'), writes('STOP'), fillsForm()],
		from: 'ended by the person, contact, STOP',
		event: writes('hello'),
		to: 'ended by the person, contact, STOP',
		may: stopped,
	},
	...['START?', 'Fake “START”', '> START', 'Join Zoom', 'Start Monday'].map((words): RuleCase => ({ rule: 2, clause: `Within 24 hours of an opt-out what is not surely START does not register: “${words}”`, before: [writes('START'), writes('STOP')], from: 'ended by the person, contact, STOP', event: writes(words), to: 'ended by the person, contact, STOP', may: stopped })),
	{ rule: 2, clause: 'Within 24 hours of an opt-out START registers', before: [writes('START'), writes('STOP')], from: 'ended by the person, contact, STOP', event: writes('START'), to: 'active, contact', may: registered },
	{ rule: 2, clause: 'From 24 hours after an opt-out on any message registers under Any Message', before: [writes('START'), writes('STOP'), later(24)], from: 'ended by the person, contact, STOP', event: writes('hello'), to: 'active, contact', may: registered },
	{ rule: 2, clause: 'The deletion of a STOP a day later registers nobody', before: [writes('START'), writes('STOP'), later(25)], from: 'ended by the person, contact, STOP', event: writes(null, { type: 'revoke' }), to: 'ended by the person, contact, STOP', may: stopped },
	{ rule: 2, clause: 'START in a WhatsApp group undoes no STOP', before: [writes('START'), writes('STOP'), later(25)], from: 'ended by the person, contact, STOP', event: writes('START', { type: 'group_text' }), to: 'ended by the person, contact, STOP', may: stopped },
	{ rule: 3, clause: 'STOP among the answers of a form inside WhatsApp is a STOP', before: [writes('START')], from: 'active, contact', event: writes('Stop all', { type: 'nfm_reply' }), to: 'ended by the person, contact, STOP', may: stopped, told: 'Opt-Out: optedOut' },
	{ rule: 3, clause: 'A message edited to STOP is a STOP', before: [writes('START')], from: 'active, contact', event: writes('STOP', { type: 'edit' }), to: 'ended by the person, contact, STOP', may: stopped, told: 'Opt-Out: optedOut' },
	{ rule: 2, clause: 'The 24 hours count after a provider’s report, too', before: [switches('stop'), later(23)], from: 'not registered, marketing off', event: writes('thanks'), to: 'not registered, marketing off', may: ['opted out', 'not registered', 'no SMS consent', 'yes'] },
	{ rule: 2, clause: 'The 24 hours count for somebody who never registered', before: [writes('STOP')], from: 'not registered, STOP', event: writes('hello'), to: 'not registered, STOP', may: stopped },

	{
		rule: 3,
		clause: 'STOP ends the registrations with all senders and blocks advertising on every channel; Service SMS stay possible',
		before: [writes('START'), writes('START', { to: 'B' }), writes('START', { by: 'sms' })],
		from: 'active, active at B, contact, SMS consent',
		event: writes('STOP'),
		to: 'ended by the person, ended at B by the person, contact, SMS consent, STOP',
		may: stopped,
		told: 'Opt-Out: optedOut',
	},
	{
		rule: 3,
		clause: 'This Sender Only: STOP ends the registration with that sender',
		sender: thisSender,
		before: [writes('START'), writes('START', { to: 'B' })],
		from: 'active, active at B, contact',
		event: writes('STOP'),
		to: 'ended by the person, active at B, contact, STOP at A',
		may: stopped,
	},
	{
		rule: 3,
		clause: 'This Sender Only: STOP to the other sender leaves this one as it is',
		sender: thisSender,
		before: [writes('START'), writes('START', { to: 'B' })],
		from: 'active, active at B, contact',
		event: writes('STOP', { to: 'B' }),
		to: 'active, ended at B by the person, contact, STOP at A',
		may: registered,
	},
	{ rule: 3, clause: 'STOP by SMS blocks all SMS, and is a STOP like any other', before: [writes('START')], from: 'active, contact', event: writes('STOP', { by: 'sms' }), to: 'ended by the person, contact, STOP, STOP of SMS', may: silent },
	{ rule: 3, clause: 'START by WhatsApp does not lift STOP by SMS', before: [writes('START'), writes('STOP', { by: 'sms' })], from: 'ended by the person, contact, STOP, STOP of SMS', event: writes('START'), to: 'active, contact, STOP of SMS', may: ['yes', 'yes', 'opted out', 'opted out'] },
	{ rule: 3, clause: 'START by SMS lifts STOP by SMS and registers for no WhatsApp', before: [writes('START'), writes('STOP', { by: 'sms' })], from: 'ended by the person, contact, STOP, STOP of SMS', event: writes('START', { by: 'sms' }), to: 'ended by the person, contact, SMS consent', may: ['not registered', 'not registered', 'yes', 'yes'] },
	{ rule: 3, clause: 'STOP twice is one opt-out', before: [writes('START'), writes('STOP')], from: 'ended by the person, contact, STOP', event: writes('STOP'), to: 'ended by the person, contact, STOP', may: stopped, told: 'Opt-Out: alreadyOptedOut' },

	{ rule: 4, clause: 'STOP x takes the person out of that group only', before: [writes('START NEWS'), writes('START SPORT')], from: 'active, contact, in NEWS and SPORT', event: writes('STOP NEWS'), to: 'active, contact, in SPORT, STOP NEWS', may: registered, told: 'Opt-Out: leftGroup' },
	{ rule: 4, clause: 'STOP x takes the person out of a group the operator put them into, too', before: [writes('START'), operator.addsTo('news')], from: 'active, contact, in NEWS', event: writes('STOP NEWS'), to: 'active, contact, STOP NEWS', may: registered },
	{ rule: 4, clause: 'STOP x bars re-adding by hand', before: [writes('START NEWS'), writes('STOP NEWS')], from: 'active, contact, STOP NEWS', event: operator.cannotAddTo('news'), to: 'active, contact, STOP NEWS', may: registered },
	{ rule: 4, clause: 'START alone does not lift STOP x', before: [writes('START NEWS'), writes('STOP NEWS'), writes('START')], from: 'active, contact, STOP NEWS', event: operator.cannotAddTo('news'), to: 'active, contact, STOP NEWS', may: registered },
	{ rule: 4, clause: 'An invitation to group x does not lift STOP x', before: [writes('START NEWS'), writes('STOP NEWS'), fillsForm({ group: 'news' })], from: 'active, contact, STOP NEWS', event: writes('hello'), to: 'active, contact, STOP NEWS', may: registered },
	{ rule: 4, clause: 'START x lifts STOP x', before: [writes('START NEWS'), writes('STOP NEWS')], from: 'active, contact, STOP NEWS', event: writes('START NEWS'), to: 'active, contact, in NEWS', may: registered, told: 'Opt-In: joinedGroup' },
	{ rule: 4, clause: 'STOP x outlives a STOP and a START', before: [writes('START NEWS'), writes('STOP NEWS'), writes('STOP')], from: 'ended by the person, contact, STOP, STOP NEWS', event: writes('START'), to: 'active, contact, STOP NEWS', may: registered },
	{ rule: 4, clause: 'STOP x where x is no group: in doubt a person is let go', before: [writes('START NEWS')], from: 'active, contact, in NEWS', event: writes('STOP NEWSS'), to: 'ended by the person, contact, STOP', may: stopped, told: 'Opt-Out: optedOut' },
	{ rule: 4, clause: 'STOP by someone unknown is recorded, nothing is made', before: [], from: 'unknown', event: writes('STOP'), to: 'not registered, STOP', may: stopped, told: 'Opt-Out: optedOut', ledger: ['stop'] },
	{ rule: 4, clause: 'STOP x by someone unknown is recorded, nothing is made', before: [], from: 'unknown', event: writes('STOP NEWS'), to: 'not registered, STOP NEWS', may: unregistered, told: 'Opt-Out: leftGroup', ledger: ['stop'] },

	{ rule: 5, clause: 'START x where x is no group: registered, and the event says so', before: [], from: 'unknown', event: writes('START NEWSS'), to: 'active, contact', may: registered, told: 'Opt-In: registered' },
	{ rule: 5, clause: 'Past the package limit START waits', before: [operator.limitsPlacesTo(1), another('START')], from: 'unknown', event: writes('START'), to: 'waiting, contact', may: waiting, told: 'Opt-In: waiting' },
	{ rule: 5, clause: 'START while waiting keeps the place and remembers the group', before: [operator.limitsPlacesTo(1), another('START'), writes('START')], from: 'waiting, contact', event: writes('START NEWS'), to: 'waiting, contact, in NEWS', may: waiting, told: 'Opt-In: joinedGroup' },
	{ rule: 5, clause: 'A place that becomes free goes to the oldest waiting', before: [operator.limitsPlacesTo(1), another('START'), writes('START')], from: 'waiting, contact', event: another('STOP'), to: 'active, contact', may: registered, ledger: ['start', 'placeFreed'] },
	{ rule: 5, clause: 'STOP while waiting gives up the place', before: [operator.limitsPlacesTo(1), another('START'), writes('START')], from: 'waiting, contact', event: writes('STOP'), to: 'ended by the person, contact, STOP', may: stopped },
	{ rule: 5, clause: 'More places take in who waits', before: [operator.limitsPlacesTo(1), another('START'), writes('START')], from: 'waiting, contact', event: operator.limitsPlacesTo(2), to: 'active, contact', may: registered },
	{ rule: 5, clause: 'After STOP, START does not bring back groups joined by START x; those of the operator stay', before: [writes('START NEWS'), operator.addsTo('sport'), writes('STOP')], from: 'ended by the person, contact, in SPORT, STOP', event: writes('START'), to: 'active, contact, in SPORT', may: registered },

	{ rule: 6, clause: 'The newest word wins by the provider’s time: STOP that comes late is overtaken by START', before: [writes('START', { at: 20 })], from: 'active, contact', event: writes('STOP', { at: 10 }), to: 'active, contact', may: registered, told: 'Message: none' },
	{ rule: 6, clause: 'START that comes late is kept and not applied', before: [writes('STOP', { at: 20 })], from: 'not registered, STOP', event: writes('START', { at: 10 }), to: 'ended by the person, STOP', may: stopped, told: 'Message: none' },
	{ rule: 6, clause: 'A message registered, then a STOP from before it comes to light: within 24 hours it registers nobody', before: [writes('START', { at: 0 }), writes('hello', { at: 20 })], from: 'active, contact', event: writes('STOP', { at: 10 }), to: 'ended by the person, contact, STOP', may: stopped },
	{ rule: 6, clause: 'At equal times the opt-out wins, START first', before: [], from: 'unknown', event: together(writes('START', { at: 5 }), writes('STOP', { at: 5 })), to: 'ended by the person, contact, STOP', may: stopped },
	{ rule: 6, clause: 'At equal times the opt-out wins, STOP first', before: [], from: 'unknown', event: together(writes('STOP', { at: 5 }), writes('START', { at: 5 })), to: 'ended by the person, STOP', may: stopped },
	{ rule: 6, clause: 'A time in the future counts as now', before: [writes('STOP', { at: 100_000 })], from: 'not registered, STOP', event: writes('START'), to: 'active, contact', may: registered },
	{ rule: 6, clause: 'Each group has a newest word of its own', before: [writes('STOP NEWS', { at: 20 })], from: 'not registered, STOP NEWS', event: writes('START NEWS', { at: 10 }), to: 'active, contact, STOP NEWS', may: registered },
	{ rule: 6, clause: 'The same message twice changes nothing', before: [writes('START', { id: 'one' }), writes('STOP')], from: 'ended by the person, contact, STOP', event: writes('START', { id: 'one' }), to: 'ended by the person, contact, STOP', may: stopped, ledger: ['start', 'stop'] },

	{ rule: 7, clause: 'A number is no permission: nobody unknown gets WhatsApp or advertising', before: [], from: 'unknown', event: operator.entersContact(), to: 'not registered, contact', may: unregistered },
	{ rule: 7, clause: 'A registration counts for that very sender', before: [], from: 'unknown', event: writes('START', { to: 'B' }), to: 'active at B, contact', may: unregistered },
	{ rule: 7, clause: 'Advertising by SMS: consent by inbound START', before: [], from: 'unknown', event: writes('START', { by: 'sms' }), to: 'not registered, contact, SMS consent', may: ['not registered', 'not registered', 'yes', 'yes'], told: 'Opt-In: smsConsent' },
	{ rule: 7, clause: 'Consent by the form permits nothing until that number has answered with the code', before: [], from: 'unknown', event: fillsForm({ smsConsent: true }), to: 'invited', may: unregistered },
	{ rule: 7, clause: 'Advertising by SMS: consent by the form, answered with the code', before: [fillsForm({ smsConsent: true })], from: 'invited', event: writes('START {code}'), to: 'active, contact, SMS consent', may: ['yes', 'yes', 'yes', 'yes'] },
	{ rule: 7, clause: 'Nor does an answer without the code make it count: anybody can type a number', before: [fillsForm({ smsConsent: true, group: 'news' })], from: 'invited', event: writes('hello'), to: 'active, contact', may: registered },
	{ rule: 7, clause: 'The form without that consent permits none', before: [], from: 'unknown', event: fillsForm(), to: 'invited', may: unregistered },
	{ rule: 7, clause: 'Advertising by SMS: consent entered by hand with its source', before: [], from: 'unknown', event: operator.entersContact({ source: 'paper form of 3 May' }), to: 'not registered, contact, SMS consent', may: ['not registered', 'not registered', 'yes', 'yes'] },
	{ rule: 7, clause: 'Any other SMS is no consent', before: [], from: 'unknown', event: writes('hello', { by: 'sms' }), to: 'not registered', may: unregistered },
	{ rule: 7, clause: 'Free text by WhatsApp within 24 hours of the person’s last message', before: [writes('START')], from: 'active, contact', event: later(23), to: 'active, contact', may: registered, freeText: 'yes' },
	{ rule: 7, clause: 'Free text by WhatsApp later: only an approved template', before: [writes('START')], from: 'active, contact', event: later(24), to: 'active, contact', may: registered, freeText: 'outside the 24-hour window' },
	{ rule: 7, clause: 'Each message permits one Reply, registered or not', sender: keywordOnly, before: [], from: 'unknown', event: writes('what does it cost?'), to: 'not registered', may: unregistered, reply: { afterMinutes: 60, answers: ['yes', 'already replied'] } },
	{ rule: 7, clause: 'A Reply is possible within 24 hours', before: [], from: 'unknown', event: writes('hello'), to: 'active, contact', may: registered, reply: { afterMinutes: 24 * 60, answers: ['outside the 24-hour window'] } },
	{ rule: 7, clause: 'After a STOP: the confirmation within 15 minutes, once', before: [writes('START')], from: 'active, contact', event: writes('STOP'), to: 'ended by the person, contact, STOP', may: stopped, reply: { afterMinutes: 14, answers: ['yes', 'already replied'] } },
	{ rule: 7, clause: 'A question of the same second as a STOP is not answered', before: [writes('START', { at: 1 }), writes('STOP', { at: 2 })], from: 'ended by the person, contact, STOP', event: writes('what does it cost?', { at: 2 }), to: 'ended by the person, contact, STOP', may: stopped, reply: { afterMinutes: 60, answers: ['opted out'] } },
	{ rule: 7, clause: 'After a STOP: nothing later than 15 minutes', before: [writes('START')], from: 'active, contact', event: writes('STOP'), to: 'ended by the person, contact, STOP', may: stopped, reply: { afterMinutes: 16, answers: ['opted out'] } },

	{ rule: 8, clause: 'Register by hand with a source', before: [], from: 'unknown', event: operator.registers(), to: 'active', may: registered, ledger: ['register'] },
	{ rule: 8, clause: 'Register by hand without a source is refused', before: [], from: 'unknown', event: operator.cannotRegister(''), to: 'unknown', may: unregistered },
	{ rule: 8, clause: 'Register by hand against the person’s own opt-out is refused, however old', before: [writes('START'), writes('STOP'), later(48)], from: 'ended by the person, contact, STOP', event: operator.cannotRegister(), to: 'ended by the person, contact, STOP', may: stopped, ledger: ['start', 'stop', 'register'] },
	{ rule: 8, clause: 'Revoke ends without being an opt-out', before: [writes('START')], from: 'active, contact', event: operator.revokes(), to: 'ended by the operator, contact', may: unregistered, ledger: ['start', 'revoke'] },
	{ rule: 8, clause: 'After Revoke the next message registers again', before: [writes('START'), operator.revokes()], from: 'ended by the operator, contact', event: writes('hello'), to: 'active, contact', may: registered },
	{ rule: 8, clause: 'A contact with a WhatsApp number is not registered by it', before: [], from: 'unknown', event: operator.entersContact(), to: 'not registered, contact', may: unregistered },
	{ rule: 8, clause: 'Entering a contact lifts no opt-out, and records no SMS consent against the person’s own word', before: [writes('START'), writes('STOP')], from: 'ended by the person, contact, STOP', event: operator.entersContact({ source: 'old list' }), to: 'ended by the person, contact, STOP', may: stopped },
	{ rule: 8, clause: 'The same after a STOP by SMS', before: [writes('STOP', { by: 'sms' })], from: 'not registered, STOP, STOP of SMS', event: operator.entersContact({ source: 'old list' }), to: 'not registered, contact, STOP, STOP of SMS', may: silent },
	{ rule: 8, clause: 'An SMS consent without a source is refused', before: [], from: 'unknown', event: operator.cannotEnterConsent(), to: 'unknown', may: unregistered },
	{ rule: 8, clause: 'The sender’s number changed: registrations stay with the old number', before: [writes('START')], from: 'active, contact', event: operator.changesNumberOfSender(), to: 'active at B, contact', may: unregistered },
	{ rule: 8, clause: 'The sender’s number changed: opt-outs apply to the new one too', before: [writes('START'), writes('STOP')], from: 'ended by the person, contact, STOP', event: operator.changesNumberOfSender(), to: 'ended at B by the person, contact, STOP', may: stopped },

	{ rule: 9, clause: 'Meta’s switch off ends that sender’s marketing by WhatsApp and nothing else', before: [writes('START'), writes('START', { to: 'B' })], from: 'active, active at B, contact', event: switches('stop'), to: 'active, active at B, contact, marketing off', may: marketingOff, told: 'Opt-Out: marketingOff', ledger: ['start', 'start', 'providerStop'] },
	{ rule: 9, clause: 'The switch on again undoes only that', before: [writes('START'), switches('stop')], from: 'active, contact, marketing off', event: switches('resume'), to: 'active, contact', may: registered, told: 'Message: resumed' },
	{ rule: 9, clause: 'The switch on does not undo the person’s own STOP', before: [writes('START'), writes('STOP')], from: 'ended by the person, contact, STOP', event: switches('resume'), to: 'ended by the person, contact, STOP', may: stopped },
	{ rule: 9, clause: 'START after the switch off takes it back', before: [writes('START'), switches('stop')], from: 'active, contact, marketing off', event: writes('START'), to: 'active, contact', may: registered },
	{ rule: 9, clause: 'The switch by somebody unknown is recorded', before: [], from: 'unknown', event: switches('stop'), to: 'not registered, marketing off', may: ['opted out', 'not registered', 'no SMS consent', 'yes'], ledger: ['providerStop'] },
	{ rule: 9, clause: 'The switch on registers nobody', before: [switches('stop')], from: 'not registered, marketing off', event: switches('resume'), to: 'not registered', may: unregistered },
	{ rule: 8, clause: 'Meta’s switch off refuses no registration by hand', before: [switches('stop')], from: 'not registered, marketing off', event: operator.registers(), to: 'active, marketing off', may: marketingOff },
	{ rule: 9, clause: 'Meta 131050: that sender’s marketing by WhatsApp is off', before: [writes('START')], from: 'active, contact', event: refuses('131050', 'whatsapp'), to: 'active, contact, marketing off', may: marketingOff },
	{ rule: 9, clause: 'websms blacklist, Twilio 21610: an opt-out of SMS', before: [writes('START'), writes('START', { by: 'sms' })], from: 'active, contact, SMS consent', event: refuses('21610', 'sms'), to: 'active, contact, SMS consent, STOP of SMS', may: ['yes', 'yes', 'opted out', 'opted out'] },
	{ rule: 9, clause: 'An opt-out of SMS by the provider is lifted by START by SMS', before: [writes('START', { by: 'sms' }), refuses('21610', 'sms')], from: 'not registered, contact, SMS consent, STOP of SMS', event: writes('START', { by: 'sms' }), to: 'not registered, contact, SMS consent', may: ['not registered', 'not registered', 'yes', 'yes'] },
	{ rule: 9, clause: 'The person’s number changed: the registration moves to the new number, with a record at both', of: 'newPhone', before: [writes('START')], from: 'unknown', event: changesNumber(), to: 'active, contact', may: registered, told: 'Message: numberChanged', ledger: ['start', 'numberLeft', 'numberTaken'] },
	{ rule: 9, clause: 'The person’s number changed: nothing goes to the old number', before: [writes('START')], from: 'active, contact', event: changesNumber(), to: 'not registered', may: unregistered, queued: [] },
	{ rule: 9, clause: 'The person’s number changed: opt-outs hold on the new number', of: 'newPhone', before: [writes('START'), writes('STOP')], from: 'unknown', event: changesNumber(), to: 'not registered, contact, STOP', may: stopped },
	{ rule: 9, clause: 'The person’s number changed: opt-outs hold on the old number', before: [writes('START'), writes('STOP')], from: 'ended by the person, contact, STOP', event: changesNumber(), to: 'not registered, STOP', may: stopped },
	{ rule: 9, clause: 'The person’s number changed: a STOP from before that comes late holds on both', of: 'newPhone', before: [writes('START', { at: 0 }), changesNumber({ at: 20 })], from: 'active, contact', event: writes('STOP', { at: 10 }), to: 'not registered, contact, STOP', may: stopped },
	{ rule: 9, clause: 'The person’s number changed: no registration comes to a number that said STOP', of: 'newPhone', before: [writes('START'), writes('STOP', { as: 'newPhone' })], from: 'not registered, STOP', event: changesNumber(), to: 'not registered, contact, STOP', may: stopped },
	{ rule: 9, clause: 'The person’s number changed: a consent to SMS at the old number ends', before: [writes('START', { by: 'sms' }), writes('START')], from: 'active, contact, SMS consent', event: changesNumber(), to: 'not registered, contact', may: unregistered },

	{ rule: 10, clause: 'On STOP what is queued falls away, but for Service SMS', before: [writes('START')], from: 'active, contact', event: writes('STOP'), to: 'ended by the person, contact, STOP', may: stopped, queued: ['sms service'] },
	{ rule: 10, clause: 'On STOP by SMS everything queued falls away', before: [writes('START')], from: 'active, contact', event: writes('STOP', { by: 'sms' }), to: 'ended by the person, contact, STOP, STOP of SMS', may: silent, queued: [] },
	{ rule: 10, clause: 'On Meta’s switch off that sender’s advertising by WhatsApp falls away', before: [writes('START')], from: 'active, contact', event: switches('stop'), to: 'active, contact, marketing off', may: marketingOff, queued: ['whatsapp service', 'sms advertisement', 'sms service'] },
	{ rule: 10, clause: 'A STOP that was overtaken takes nothing back', before: [writes('START', { at: 20 })], from: 'active, contact', event: writes('STOP', { at: 10 }), to: 'active, contact', may: registered, queued: ['whatsapp advertisement', 'whatsapp service', 'sms advertisement', 'sms service'] },
	{ rule: 10, clause: 'An opt-out of SMS by the provider takes back SMS only', before: [writes('START')], from: 'active, contact', event: refuses('21610', 'sms'), to: 'active, contact, STOP of SMS', may: ['yes', 'yes', 'opted out', 'opted out'], queued: ['whatsapp advertisement', 'whatsapp service'] },

	{ rule: 11, clause: 'The event is told and nothing is sent by itself', before: [], from: 'unknown', event: writes('START'), to: 'active, contact', may: registered, told: 'Opt-In: registered', queued: ['whatsapp advertisement', 'whatsapp service', 'sms advertisement', 'sms service'] },

	{ rule: 12, clause: 'A number already in a contact makes no second one', before: [operator.entersContact()], from: 'not registered, contact', event: writes('START'), to: 'active, contact', may: registered },
	{ rule: 12, clause: 'The same person by SMS completes that contact', before: [writes('START')], from: 'active, contact', event: writes('START', { by: 'sms' }), to: 'active, contact, SMS consent', may: ['yes', 'yes', 'yes', 'yes'] },

	{ rule: 13, clause: 'Every word is in the ledger', before: [writes('START NEWS'), writes('STOP NEWS')], from: 'active, contact, STOP NEWS', event: writes('STOP'), to: 'ended by the person, contact, STOP, STOP NEWS', may: stopped, ledger: ['start', 'stop', 'stop'] },
	{ rule: 13, clause: 'A message that changes nothing is not', before: [writes('START')], from: 'active, contact', event: writes('what does it cost?'), to: 'active, contact', may: registered, ledger: ['start'] },
	{ rule: 13, clause: 'What came too late is', before: [writes('STOP', { at: 20 })], from: 'not registered, STOP', event: writes('START', { at: 10 }), to: 'ended by the person, STOP', may: stopped, ledger: ['stop', 'start'] },
	{ rule: 13, clause: 'A consent to SMS is, whether given by the form or entered by hand', before: [fillsForm({ smsConsent: true })], from: 'invited', event: writes('START {code}'), to: 'active, contact, SMS consent', may: ['yes', 'yes', 'yes', 'yes'], ledger: ['invited', 'start'] },
	{ rule: 13, clause: 'A consent to SMS entered by hand is', before: [], from: 'unknown', event: operator.entersContact({ source: 'paper form' }), to: 'not registered, contact, SMS consent', may: ['not registered', 'not registered', 'yes', 'yes'], ledger: ['smsConsent'] },

	{ rule: 14, clause: 'The code finds the invitation though no phone number arrives', sender: keywordOrInvitation, of: 'userId', before: [fillsForm({ group: 'news' })], from: 'unknown', event: writes('START NEWS {code}', { as: 'userId' }), to: 'active', may: ['yes', 'yes', 'no number', 'no number'] },
	{ rule: 14, clause: 'The code alone registers who has it, under Keyword or Invitation', sender: keywordOrInvitation, of: 'userId', before: [fillsForm({ group: 'news' })], from: 'unknown', event: writes('{code}', { as: 'userId' }), to: 'active', may: ['yes', 'yes', 'no number', 'no number'] },
	{ rule: 14, clause: 'The code joins the group of the invitation once the number is known', sender: keywordOrInvitation, before: [fillsForm({ group: 'news' }), writes('{code}', { as: 'userId' })], from: 'invited', event: writes('hello', { as: 'both' }), to: 'active, contact, in NEWS', may: registered },
];
