import { Component } from 'react'
import type { ReactNode } from 'react'
import { Button } from '../components/Button.tsx'
import { EmptyState } from '../components/Waiting.tsx'
import { useFormat } from '../i18n/Language.tsx'

/** A part that breaks takes nothing else with it, and says so instead of going blank. */
export class Boundary extends Component<{ resetKey: string; children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override componentDidUpdate(before: { resetKey: string }) {
    if (this.state.broken && before.resetKey !== this.props.resetKey) this.setState({ broken: false })
  }

  override render() {
    return this.state.broken ? <Broken onRetry={() => this.setState({ broken: false })} /> : this.props.children
  }
}

function Broken({ onRetry }: { onRetry: () => void }) {
  const f = useFormat()
  return <div role="alert"><EmptyState title={f.t('broken.title')} action={<Button onPress={onRetry}>{f.t('common.tryAgain')}</Button>}>{f.t('broken.text')}</EmptyState></div>
}
