import type { Locator } from '@playwright/test'
import { Dashboard } from './dashboard.ts'

export class AppsScreen extends Dashboard {
  get newApp(): Locator {
    return this.main.getByRole('link', { name: 'New app' })
  }

  app(name: string): Locator {
    return this.card('My apps').getByRole('row').filter({ hasText: name })
  }
}

/** A new app in its three steps. */
export class NewAppScreen extends Dashboard {
  get editor(): Locator {
    return this.main.locator('.cm-content')
  }

  get found(): Locator {
    return this.card('What we found')
  }

  get files(): Locator {
    return this.card('Files')
  }

  get seeHosts(): Locator {
    return this.main.getByRole('button', { name: 'See hosts and prices' })
  }

  get hosts(): Locator {
    return this.card('Hosts')
  }

  get review(): Locator {
    return this.main.getByRole('button', { name: 'Review' })
  }

  get run(): Locator {
    return this.main.getByRole('button', { name: 'Run' })
  }

  host(label: string): Locator {
    return this.hosts.getByRole('row').filter({ hasText: label })
  }

  /** From the clipboard, as people do. */
  async paste(text: string): Promise<void> {
    const { page } = this
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await this.editor.click()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.press('ControlOrMeta+v')
  }

  async write(text: string): Promise<void> {
    await this.editor.click()
    await this.page.keyboard.insertText(text)
  }

  async addFile(name: string, text: string): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser')
    await this.files.getByRole('button', { name: 'Add files' }).click()
    await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
  }
}

/** One app. */
export class AppScreen extends Dashboard {
  get title(): Locator {
    return this.main.getByRole('heading', { level: 1 })
  }

  get log(): Locator {
    return this.main.getByRole('log')
  }

  get copies(): Locator {
    return this.card('Copies')
  }

  /** Opens or closes a port of the app on the computer of this page. */
  reach(port: string): Locator {
    return this.card('Reach it').getByRole('switch', { name: port })
  }

  get address(): Locator {
    return this.card('Reach it').getByRole('link', { name: 'Open' })
  }

  get remove(): Locator {
    return this.main.getByRole('button', { name: 'Remove' })
  }

  get question(): Locator {
    return this.page.getByRole('alertdialog')
  }
}
