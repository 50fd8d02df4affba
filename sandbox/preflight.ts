import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { sandboxFolder } from './checkout';
import { isPortFree } from './n8n/freePort';

export interface WantedPort {
	port: number;
	/** Who needs it, e.g. "n8n". */
	user: string;
	/** The environment variable that changes it. */
	variable: string;
}

const gigabyte = 1_000_000_000;

/** Room that a folder needs on its disk. */
interface WantedRoom {
	folder: string;
	bytes: number;
	/** What for, as the end of a sentence. */
	purpose: string;
}

/** Sentences, one for each thing that keeps the sandbox from starting; none when all is well. */
export async function findObstacles(
	dataFolder: string,
	ports: readonly WantedPort[],
	n8nInstalled: boolean,
): Promise<string[]> {
	const rooms = [{ folder: dataFolder, bytes: 0.5 * gigabyte, purpose: 'for what the sandbox keeps' }];
	if (!n8nInstalled) rooms.push({ folder: sandboxFolder, bytes: 4 * gigabyte, purpose: 'to install n8n' });
	const obstacles: string[] = [];
	for (const room of rooms) obstacles.push(...(await diskObstacles(room)));
	return [...obstacles, ...(await portObstacles(ports))];
}

async function diskObstacles({ folder, bytes, purpose }: WantedRoom): Promise<string[]> {
	try {
		mkdirSync(folder, { recursive: true });
	} catch (error) {
		return [
			`The folder ${folder} cannot be made (${error instanceof Error ? error.message : String(error)}): choose another with OPTIN_SANDBOX_FOLDER.`,
		];
	}
	const { bavail, bsize } = await statfs(folder);
	const freeBytes = bavail * bsize;
	if (freeBytes >= bytes) return [];
	return [
		`The disk of ${folder} has ${(freeBytes / gigabyte).toFixed(1)} GB free and needs ${bytes / gigabyte} GB ${purpose}: make room and start again.`,
	];
}

async function portObstacles(ports: readonly WantedPort[]): Promise<string[]> {
	const obstacles: string[] = [];
	for (const { port, user, variable } of ports) {
		if (await isPortFree(port)) continue;
		obstacles.push(
			`Port ${port}, which ${user} needs, is taken: end the program that uses it, or choose another port, e.g. ${variable}=${port + 100} npm start.`,
		);
	}
	return obstacles;
}

/** A port from the environment. @throws {Error} with a sentence for one that is none */
export function portFrom(variable: string, usual: number): number {
	const text = process.env[variable];
	if (text === undefined || text === '') return usual;
	const port = Number(text);
	if (!Number.isInteger(port) || port < 1 || port > 65_535)
		throw new Error(`${variable} is "${text}", which is no port: give a number from 1 to 65535.`);
	return port;
}
