import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";
import { Enrol } from "./access/Enrol";
import { Unlock } from "./access/Unlock";
import { ErrorNote } from "./kit/States";
import { queries, useRead } from "./platform/query";
import { router } from "./router";
import { show, useSettings } from "./shared/settings";
import "./styles/app.css";

show();

/** What may be shown depends on where the installation stands. */
function Gate() {
  const status = useRead("app_status", {});
  if (status.error) {
    return (
      <div className="p-6">
        <ErrorNote error={status.error} onRetry={() => void status.refetch()} />
      </div>
    );
  }
  if (!status.data) return null;
  const { stage } = status.data;
  if (stage === "new" || stage === "not_enrolled") return <Enrol status={status.data} />;
  if (stage === "locked") return <Unlock status={status.data} />;
  return <RouterProvider router={router} context={{ role: status.data.person?.role ?? "engineer" }} />;
}

function App() {
  const { locale } = useSettings();
  // The key draws everything anew in the other language; records and drafts are in the core.
  return (
    <I18nProvider key={locale} locale={locale === "zh" ? "zh-CN" : "en-US"}>
      <QueryClientProvider client={queries}>
        <Gate />
      </QueryClientProvider>
    </I18nProvider>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
