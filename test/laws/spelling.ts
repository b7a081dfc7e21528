/** Line ends and other liberties of event streams that change nothing of what is said. */
const spellings: { readonly [name: string]: (text: string) => string } = {
  'CRLF line ends': (text) => text.replaceAll('\n', '\r\n'),
  'CR line ends': (text) => text.replaceAll('\n', '\r'),
  'a byte order mark': (text) => `\ufeff${text}`,
  comments: (text) => text.replaceAll('\n\n', '\n\n: keep-alive\n\n'),
  'no space behind colons': (text) => text.replaceAll(/^(data|event): /gm, '$1:'),
  'data over two lines': (text) => text.replaceAll(/^data: \{/gm, 'data: {\ndata: '),
  'unknown fields': (text) => text.replaceAll(/^data:/gm, 'id: 7\nretry: 10\ndata:'),
  'blank lines between': (text) => text.replaceAll('\n\n', '\n\n\n'),
  'no blank line at the end': (text) => text.trimEnd(),
};

/** The same stream in every spelling; none where it is no event stream. */
export function spellingsOf(stream: Buffer): { name: string; bytes: Buffer }[] {
  const text = stream.toString();
  if (!/^(event|data|:)/.test(text)) return [];
  return Object.entries(spellings).map(([name, spell]) => ({ name, bytes: Buffer.from(spell(text)) }));
}
