/** Serves the page's files under `app://depin`, from a list made once: a name that is not on it leads nowhere. */
import { type Dirent, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { contentPolicy } from '../../contract/content-policy.ts'
import { origin } from './origin.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

const headers = {
  'content-security-policy': contentPolicy('none'),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Answers requests for `app://depin/…`. */
export function createPages(folder: string): (request: Pick<Request, 'url' | 'method'>) => Promise<Response> {
  const files = listFiles(folder)
  return async ({ url, method }) => {
    const asked = new URL(url)
    const file = files.get(asked.pathname === '/' ? '/index.html' : asked.pathname)
    if (method !== 'GET') return new Response(null, { status: 405, headers })
    if (`${asked.protocol}//${asked.host}` !== origin || file === undefined) return new Response(null, { status: 404, headers })
    return new Response(await readFile(file), { headers: { ...headers, 'content-type': types[extname(file)] ?? 'application/octet-stream' } })
  }
}

/** Links are not followed. Works inside an asar too. */
function listFiles(folder: string): Map<string, string> {
  const entries: Dirent[] = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Map(entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.map') && entry.name !== 'gallery.html').map((entry) => {
    const file = join(entry.parentPath, entry.name)
    return [`/${relative(folder, file).split(sep).map(encodeURIComponent).join('/')}`, file]
  }))
}
