/**
 * `npm run screenshots`: the pictures of the README and of the guide, taken of real nodes with real guests, and of the desktop app on
 * one of them: its windows, its tray and its notifications in each state. Needs an engine, a Chromium, and a build.
 */
import { mkdir } from 'node:fs/promises'
import { chromium } from '@playwright/test'
import { findChromium } from '../scripts/suites/chromium.ts'
import { startDemo } from './harness/demo.ts'
import { takeDashboard } from './screenshots/dashboard.ts'
import { takeDesktop } from './screenshots/desktop.ts'
import { folder } from './screenshots/save.ts'

const [only] = process.argv.slice(2)
const demo = await startDemo()
const executablePath = findChromium()
const browser = await chromium.launch({
  ...executablePath !== undefined && { executablePath },
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  await mkdir(folder, { recursive: true })
  if (only !== 'desktop') await takeDashboard(browser, demo)
  if (only !== 'dashboard') await takeDesktop(browser, demo)
} finally {
  await browser.close()
  await demo.dispose()
}
