/**
 * Whether the server still has the build of which this page is: files of another one have other names.
 * Goes to: part.tsx.
 */
export type Server = 'same' | 'other' | 'silent';

export async function askServer(): Promise<Server> {
  try {
    const answer = await fetch(document.baseURI, { cache: 'no-store' });
    if (!answer.ok) return 'silent';
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    return entryOf(page) === entryOf(document) ? 'same' : 'other';
  } catch {
    return 'silent';
  }
}

function entryOf(page: Document): string {
  return page.querySelector('script[type="module"][src]')?.getAttribute('src') ?? '';
}
