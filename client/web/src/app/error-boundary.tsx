// Shows a message in place of a page that failed to render. The frame around it stays.

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
        <h1>This page has an error</h1>
        <p>Your deposit and your earnings are safe on chain. Reload the page to continue.</p>
        <button type="button" class="button button-main" onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </div>
    );
  }
}
