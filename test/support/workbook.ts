import { crc32, deflateRawSync } from 'node:zlib';

/** A workbook made of its parts, as a ZIP; `lie` gives another unpacked size in the table of contents than there is. */
export function zip(files: Record<string, string | Buffer>, { lie }: { lie?: number } = {}): Buffer {
	const locals: Buffer[] = [];
	const central: Buffer[] = [];
	let offset = 0;
	for (const [name, content] of Object.entries(files)) {
		const data = Buffer.from(content);
		const packed = deflateRawSync(data);
		const sizes = Buffer.alloc(12);
		sizes.writeUInt32LE(crc32(data), 0);
		sizes.writeUInt32LE(packed.length, 4);
		sizes.writeUInt32LE(lie ?? data.length, 8);
		const path = Buffer.from(name);
		const local = Buffer.alloc(30);
		local.writeUInt32LE(0x04034b50, 0);
		local.writeUInt16LE(20, 4);
		local.writeUInt16LE(8, 8);
		sizes.copy(local, 14);
		local.writeUInt16LE(path.length, 26);
		locals.push(local, path, packed);
		const entry = Buffer.alloc(46);
		entry.writeUInt32LE(0x02014b50, 0);
		entry.writeUInt16LE(20, 4);
		entry.writeUInt16LE(20, 6);
		entry.writeUInt16LE(8, 10);
		sizes.copy(entry, 16);
		entry.writeUInt16LE(path.length, 28);
		entry.writeUInt32LE(offset, 42);
		central.push(entry, path);
		offset += local.length + path.length + packed.length;
	}
	const directory = Buffer.concat(central);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(central.length / 2, 8);
	end.writeUInt16LE(central.length / 2, 10);
	end.writeUInt32LE(directory.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...locals, directory, end]);
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook with one sheet. @param rows what stands in its sheetData. */
export function workbook(rows: string, options: { lie?: number; more?: Record<string, string | Buffer> } = {}): Buffer {
	return zip(
		{
			'[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
			'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
			'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			'xl/worksheets/sheet1.xml': `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`,
			...options.more,
		},
		options,
	);
}

/** A cell with a text in it. */
export const cell = (position: string, text: string): string =>
	`<c r="${position}" t="inlineStr"><is><t>${text}</t></is></c>`;
