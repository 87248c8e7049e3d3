import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'

export const folder = join(import.meta.dirname, '../../docs/images')
/** Nothing is seen of it, and a picture is a fifth of a PNG. */
const quality = 90

export interface Clip { x: number, y: number, width: number, height: number }

/** A picture of the page, or of as much of it as is asked for, as it is on the screen. */
export async function save(page: Page, name: string, clip?: Clip): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality, ...clip !== undefined && { captureBeyondViewport: true, clip: { scale: 1, ...clip } } })
  await devtools.detach()
  writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
}
