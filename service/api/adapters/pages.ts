/**
 * The dashboard's files. They are listed once, when the service starts; a request picks one of the list by its exact
 * name, so no path leads anywhere else. They hold no data and need no token.
 */
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream'

interface Page {
  file: string
  size: number
  type: string
  /** Its name changes with its content. */
  isImmutable: boolean
}

export interface Pages {
  readonly isEmpty: boolean
  /** Answers with a file; a path of the page's own router gets the page itself. False: there is none. */
  send(path: string, head: boolean, response: ServerResponse): boolean
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** `folder` null or not there: nothing is served. */
export async function listPages(folder: string | null): Promise<Pages> {
  const pages = folder === null ? new Map<string, Page>() : await readPages(folder)
  return {
    isEmpty: pages.size === 0,
    send(path, head, response) {
      const page = pages.get(path) ?? (isRoute(path) ? pages.get('/index.html') : undefined)
      if (page === undefined) return false
      sendPage(page, head, response)
      return true
    },
  }
}

/** Links are not followed: only what was built into the folder is served. */
async function readPages(folder: string): Promise<Map<string, Page>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const pages = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => {
    const file = join(entry.parentPath, entry.name)
    const name = `/${relative(folder, file).split(sep).map(encodeURIComponent).join('/')}`
    return [name, {
      file,
      size: (await stat(file)).size,
      type: types[extname(file)] ?? 'application/octet-stream',
      isImmutable: /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(name),
    }] as const
  }))
  return new Map(pages)
}

function isRoute(path: string): boolean {
  return !(path.split('/').at(-1) ?? '').includes('.')
}

function sendPage(page: Page, head: boolean, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': page.type,
    'content-length': page.size,
    'cache-control': page.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (head) response.end()
  // a reader that leaves ends the stream; there is nobody left to tell
  else pipeline(createReadStream(page.file, { end: page.size - 1 }), response, () => undefined)
}
