const legal = /^[a-zA-Z0-9_-]+$/;

/** The id as the service takes it. The same id always gives the same result, so calls and results still find each other; different ids stay different. */
export function legalToolId(id: string): string {
  return legal.test(id) ? id : `${id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'toolu'}_${fingerprint(id)}`;
}

/** FNV-1a over UTF-16 units, 32 bits. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
