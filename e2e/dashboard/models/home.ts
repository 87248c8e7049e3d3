import type { Locator } from '@playwright/test'
import { Dashboard } from './dashboard.ts'

export class HomeScreen extends Dashboard {
  /** The headline names the region: the state in one sentence. */
  get hero(): Locator {
    return this.main.locator('.hero')
  }

  get headline(): Locator {
    return this.hero.getByRole('heading', { level: 1 })
  }

  get switch(): Locator {
    return this.hero.getByRole('switch', { name: 'Sharing' })
  }

  action(name: string): Locator {
    return this.hero.getByRole('button', { name }).or(this.hero.getByRole('link', { name }))
  }

  /** The newest guest of that name: earlier ones stay listed among those that ended. */
  guest(app: string): Locator {
    return this.card('Guest apps').getByRole('row').filter({ hasText: app }).first()
  }

  get activity(): Locator {
    return this.card('Activity').getByRole('listitem')
  }

  get today(): Locator {
    return this.card('Earnings').locator('p', { hasText: /^Today$/ }).locator('xpath=following-sibling::p')
  }
}
