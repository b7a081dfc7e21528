/** The id as clients expect it; one is made up where the answer has none. */
export function messageId(id: string): string {
  if (id === '') return `msg_${crypto.randomUUID().replaceAll('-', '')}`;
  return id.startsWith('msg_') ? id : `msg_${id.replace(/[^a-zA-Z0-9_-]/g, '_')}`;
}
