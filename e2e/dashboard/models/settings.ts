import type { Locator } from '@playwright/test'
import { Dashboard } from './dashboard.ts'

export class SettingsScreen extends Dashboard {
  async open(section: 'How much to share' | 'When to share' | 'Internet and safety' | 'Engine'): Promise<void> {
    await this.main.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: section }).click()
  }

  slider(name: string): Locator {
    return this.main.getByRole('slider', { name })
  }

  field(name: string): Locator {
    return this.main.getByRole('textbox', { name })
  }

  rule(name: string): Locator {
    return this.main.getByRole('switch', { name })
  }

  hour(name: string): Locator {
    return this.main.getByRole('gridcell', { name, exact: true })
  }

  async undo(): Promise<void> {
    await this.notice('Changed. It applies from now on.').getByRole('button', { name: 'Undo' }).click()
  }
}
