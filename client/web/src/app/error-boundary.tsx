// Catches what a page throws while it is drawn: the frame stays, and the page says what to do.

import { Component, type ComponentChildren } from "preact";
import { AlertIcon } from "../ui/icons";

interface Props {
  readonly children: ComponentChildren;
}

interface State {
  readonly hasFailed: boolean;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { hasFailed: false };

  static override getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div class="empty" role="alert">
        <AlertIcon />
        <h1>This page has stumbled</h1>
        <p>It is our fault, not yours. What you have paid and earned is on chain and untouched.</p>
        <button type="button" class="button button-main" onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </div>
    );
  }
}
