import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/suites/chromium.ts'

const executablePath = findChromium()

/**
 * dashboard: specs of the dashboard, in a real browser, against a built service. electron: what Electron, or the stand-in in its place, must do.
 * A spec that passes only when repeated has failed.
 */
export default defineConfig({
  projects: [
    { name: 'dashboard', testDir: 'e2e/dashboard' },
    { name: 'desktop', testDir: 'e2e/desktop' },
    { name: 'electron', testDir: 'e2e/electron-contract', timeout: 30_000, expect: { timeout: 10_000 } },
  ],
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [[process.stdout.isTTY ? 'line' : 'list'], ['json']],
  use: {
    locale: 'en-GB',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // Chromium's own sandbox does not run as root. Nothing but what the page asks for goes to the network.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
        // A name that anybody may have, leading to this machine, as in a DNS rebinding attack; every other name leads nowhere.
        '--host-resolver-rules=MAP rebound.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    },
    screenshot: 'only-on-failure',
    // Without a film of every test, which costs more than the test.
    trace: { mode: 'retain-on-failure', screenshots: false },
  },
})
