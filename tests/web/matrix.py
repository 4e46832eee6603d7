"""Who may what: a line for every route and every callback of the application (tested by test_matrix.py).

A route's line says what it is for:
    public      anybody, without an account
    machine     shows credentials of its own; a session or a token counts for nothing
    frame       the application itself, which holds nobody's data: everybody who is signed in and verified
    own         one's own account
    look        a source: its owner and admins; others learn nothing
    change      the same, and nobody who may only look
    api-list, api-look, api-change   the same for programs: a token that may read, or one that may write

A callback's line says the same of what it does: `plain` works on what it is given and reads nothing, `own` is about who
asks (`ends` ends their sessions), `list` shows what the asker may see, `source` and `group` need that thing to be
visible, and the name of a permission needs that.
"""

ROUTES = {
    "GET /sign-in": "public", "POST /sign-in": "public", "POST /sign-out": "signed-in",
    "GET /sign-in/code": "public", "POST /sign-in/code": "public",
    "GET /sign-in/oidc": "public", "GET /sign-in/oidc/callback": "public",
    "GET /register": "public", "POST /register": "public",
    "GET /verify": "public", "POST /verify": "public", "POST /verify/resend": "public",
    "GET /forgotten": "public", "POST /forgotten": "public",
    "GET /reset/<token>": "public", "POST /reset/<token>": "public",
    "GET /new-address/<token>": "public", "POST /new-address/<token>": "public",
    "POST /api/webhook/sunsource/<source_id>": "machine",
    "POST /api/webhook/sunsource/<source_id>/<path:topic>": "machine",
    "POST /api/mqtt/auth": "machine", "POST /api/mqtt/acl": "machine", "POST /api/mqtt/sessions": "machine",
    "GET /healthz": "public", "GET /readyz": "public", "GET /metrics": "public",
    "GET /assets/<path:filename>": "public",
    **{f"GET /shared/<token>{file}": "public" for file in (
        "", "/live.json", "/view.json", "/now.json", "/badge.svg", "/preview.png",
    )},
    "GET /shared-files/<name>": "public",
    "GET /_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "public",
    "GET /_dash-layout": "frame", "GET /_dash-dependencies": "frame", "POST /_dash-update-component": "frame",
    "GET /_reload-hash": "frame", "GET /_favicon.ico": "frame", "GET /": "frame", "GET /<path:path>": "frame",
    "GET /image/<kind>/<owner_id>/<name>": "image",
    "GET /export/account": "own",
    "GET /export/returns/<source_id>": "look",
    "GET /export/forecast/<source_id>/<kind>": "look",
    "GET /telemetry/<source_id>/export": "look",
    "POST /telemetry/<source_id>/uploads": "change", "POST /telemetry/<source_id>/imports": "change",
    "GET /telemetry/<source_id>/imports": "look", "GET /telemetry/<source_id>/imports/<import_id>": "look",
    "GET /api/v1/openapi.json": "api-list", "GET /api/v1/sources": "api-list",
    "GET /api/v1/sources/<source_id>": "api-look", "GET /api/v1/sources/<source_id>/latest": "api-look",
    "GET /api/v1/sources/<source_id>/readings": "api-look", "GET /api/v1/sources/<source_id>/days": "api-look",
    "POST /api/v1/sources/<source_id>/readings": "api-change",
    "GET /api/v1/sources/<source_id>/retention": "api-look",
    "PUT /api/v1/sources/<source_id>/retention": "api-change",
    "GET /api/v1/sources/<source_id>/hourly-prices": "api-look",
    "POST /api/v1/sources/<source_id>/hourly-prices": "api-change",
}  # fmt: skip

_ACT = 'admin-person-said.children <- {"person":["ALL"],"type":"admin-person-act","what":["ALL"]}.n_clicks'
_PERMIT = (
    'admin-person-given.children <- '
    '{"name":["ALL"],"person":["ALL"],"type":"admin-person-permission"}.checked'
)

CALLBACKS = {
    # The frame.
    "shell-source-picker.data <- _pages_location.pathname": "list",
    "_pages_content.children <- _pages_location.pathname": "plain",
    # Overview, sources and groups.
    "overview-page-title.children <- overview-search-input.value": "list",
    "overview-now-slot.children <- overview-live-interval.n_intervals": "list",
    "sources-list-grid.rowData <- sources-revision-store.data": "list",
    "sources-list-grid.dashGridOptions <- sources-search-input.value": "plain",
    "sources-bulk-bar.className <- sources-list-grid.selectedRows": "plain",
    "sources-said-slot.children <- sources-move-select.value": "source",
    "sources-said-slot.children <- sources-on-button.n_clicks": "source",
    "import-sources-dry-body.children <- import-sources-file-upload.contents": "own",
    "import-sources-dry-body.children <- import-sources-make-button.n_clicks": "own",
    "import-sources-made-body.children <- import-sources-watch-interval.n_intervals": "own",
    "import-sources-credentials-body.children <- import-sources-take-button.n_clicks": "own",
    "new-source-group-select.data <- new-source-ready-store.data": "list",
    '{"name":["ALL"],"type":"new-source-field-input"}.error <- new-source-create-button.n_clicks': "own",
    "groups-list-slot.children <- groups-list-slot.id": "list",
    "groups-new-modal.opened <- groups-new-button.n_clicks": "plain",
    "groups-name-input.error <- groups-create-button.n_clicks": "own",
    "group-name-title.children <- group-id-store.data": "group",
    "group-sums-slot.children <- group-id-store.data": "group",
    "group-money-slot.children <- group-id-store.data": "group",
    "group-members-said.children <- group-members-button.n_clicks": "group",
    "group-name-input.error <- group-save-button.n_clicks": "group",
    "group-logo-said.children <- group-logo-upload.contents": "group",
    "group-delete-modal.opened <- group-delete-button.n_clicks": "plain",
    "shell-go-location.href <- group-confirm-button.n_clicks": "group",
    # Monitor.
    "monitor-figure-store.data <- monitor-choice-store.data": "source",
    "monitor-chart-table.children <- monitor-table-store.data": "source",
    "monitor-details-list.children <- monitor-range-store.data": "source",
    "monitor-field-dialog.opened <- monitor-field-store.data": "source",
    "monitor-why-dialog.opened <- monitor-why-store.data": "source",
    "monitor-live-store.data <- monitor-live-interval.n_intervals": "source",
    # Weather.
    "weather-place-text.children <- weather-pace-interval.n_intervals": "source",
    "weather-days-slot.children <- weather-revision-store.data": "source",
    "weather-yield-chart.figure <- weather-revision-store.data": "source",
    "weather-asked-store.data <- weather-refresh-button.n_clicks": "source",
    # Forecast.
    "forecast-issue-text.children <- forecast-pace-interval.n_intervals": "source",
    "forecast-days-chart.figure <- forecast-revision-store.data": "source",
    "forecast-asked-store.data <- forecast-predict-button.n_clicks": "source",
    # Returns.
    "returns-costs-modal.opened <- returns-costs-open.n_clicks": "source",
    "returns-costs-rows.children <- returns-cost-add.n_clicks": "plain",
    "returns-replacement-rows.children <- returns-replacement-add.n_clicks": "plain",
    "returns-costs-result.children <- returns-costs-save.n_clicks": "source",
    "returns-import-modal.opened <- returns-import-open.n_clicks": "plain",
    "returns-import-result.children <- returns-import-upload.contents": "source",
    "returns-prices-chart.figure <- returns-source-store.data": "source",
    "returns-editor-modal.opened <- returns-price-add.n_clicks": "source",
    "returns-editor-windows.children <- returns-window-add.n_clicks": "plain",
    '{"name":"holidayRegion","type":"returns-editor-field"}.data <- '
    '{"name":"holidayCountry","type":"returns-editor-field"}.value': "plain",
    "returns-editor-change.children <- returns-editor-save.n_clicks": "source",
    "returns-since-text.children <- returns-source-store.data": "source",
    "returns-months-chart.figure <- returns-source-store.data": "source",
    "returns-why-body.children <- returns-why-picker.value": "source",
    "returns-days-table.children <- returns-month-picker.value": "source",
    '{"name":["ALL"],"type":"returns-term-input"}.value <- returns-source-store.data': "source",
    '{"name":["ALL"],"type":"returns-term-input"}.error <- returns-trial-store.data': "plain",
    "returns-revision-store.data <- returns-save-button.n_clicks": "source",
    "returns-battery-body.children <- returns-source-store.data": "source",
    "returns-contract-body.children <- returns-contract-button.n_clicks": "source",
    "returns-sums-cards-slot.children <- returns-sums-group-select.value": "list",
    # One source.
    "source-name-title.children <- source-id-store.data": "source",
    "source-credentials-body.children <- source-connection-store.data": "source",
    "source-wait-body.children <- source-connection-store.data": "source",
    "source-confirm-modal.opened <- source-rotate-button.n_clicks": "source",
    "shell-secret-store.data <- source-confirm-button.n_clicks": "source",
    "source-way-control.value <- source-confirm-modal.opened": "source",
    "source-test-input.error <- source-test-button.n_clicks": "source",
    "source-copy-input.value <- source-danger-store.data": "source",
    "source-copy-input.error <- source-copy-button.n_clicks": "source",
    "source-typed-input.error <- source-delete-button.n_clicks": "source",
    "source-message-select.data <- source-data-store.data": "source",
    "source-pasted-store.data <- source-try-button.n_clicks": "plain",
    "source-mapping-rows.children <- source-message-select.value": "source",
    "source-received-body.children <- source-message-select.value": "source",
    "source-mapping-said.children <- source-mapping-button.n_clicks": "source",
    "source-again-body.children <- source-again-button.n_clicks": "source",
    "source-again-body.children <- source-again-interval.n_intervals": "source",
    "source-balance-body.children <- source-balance-button.n_clicks": "source",
    "source-mapping-store.data <- source-mend-button.n_clicks": "plain",
    "source-icon-picture.children <- source-icon-store.data": "source",
    "source-icon-picture.children <- source-icon-upload.contents": "source",
    '{"name":["ALL"],"type":"source-field-input"}.value <- source-fields-store.data': "source",
    "source-group-select.data <- source-fields-store.data": "source",
    '{"name":["ALL"],"type":"source-field-input"}.error <- source-save-button.n_clicks': "source",
    'source-advice-slot.children <- {"name":["ALL"],"type":"source-field-input"}.value': "source",
    '{"name":["ALL"],"type":"source-field-input"}.value <- source-use-zone-button.n_clicks': "plain",
    "source-general-part.children <- source-group-select.value": "source",
    # Sharing.
    "sharing-switch-said.className <- sharing-source-store.data": "source",
    'sharing-switch-said.children <- {"name":["ALL"],"type":"sharing-view-switch"}.checked': "source",
    "sharing-made-slot.children <- sharing-make-button.n_clicks": "source",
    "sharing-links-list.children <- sharing-source-store.data": "source",
    "sharing-email-input.error <- sharing-invite-button.n_clicks": "source",
    "sharing-people-list.children <- sharing-source-store.data": "source",
    "sharing-mine-list.children <- sharing-mine-list.id": "own",
    "sharing-all-list.children <- sharing-all-list.id": "list",
    # Settings.
    "settings-first-input.value <- settings-name-button.id": "own",
    "settings-name-slot.children <- settings-name-button.n_clicks": "own",
    "settings-address-slot.children <- settings-address-button.n_clicks": "own",
    "settings-password-slot.children <- settings-password-button.n_clicks": "own",
    "settings-factor-slot.children <- settings-factor-slot.id": "own",
    "settings-sign-on-slot.children <- settings-sign-on-slot.id": "own",
    "settings-sessions-list.children <- settings-sessions-list.id": "own",
    "settings-leave-location.href <- settings-everywhere-button.n_clicks": "ends",
    "settings-unit-choice.value <- settings-preferences-slot.id": "own",
    "settings-preferences-slot.children <- settings-unit-choice.value": "own",
    "settings-token-slot.children <- settings-token-button.n_clicks": "own",
    "settings-token-list.children <- settings-token-list.key": "own",
    "settings-leave-location.href <- settings-delete-button.n_clicks": "own",
    # Administration.
    "admin-people-grid.rowData <- admin-revision-store.data": "users.manage",
    "admin-chosen-store.data <- admin-people-grid.selectedRows": "plain",
    "admin-person-slot.children <- admin-chosen-store.data": "users.manage",
    _ACT: "users.manage",
    _PERMIT: "overseers.manage",
    "admin-invite-slot.children <- admin-invite-button.n_clicks": "users.manage",
    "admin-sources-list-grid.rowData <- admin-sources-list-grid.id": "sources.all",
    "admin-jobs-beats-list.children <- admin-jobs-refresh-interval.n_intervals": "jobs.manage",
    "admin-jobs-runs-grid.rowData <- admin-jobs-refresh-interval.n_intervals": "jobs.manage",
    "admin-system-parts-list.children <- admin-system-refresh-interval.n_intervals": "system.read",
    "admin-audit-log-grid.rowData <- admin-audit-more-button.n_clicks": "audit.read",
    "admin-simulation-source-select.data <- admin-simulation-source-select.id": "simulation.control",
    "admin-simulation-said-slot.children <- admin-simulation-start-button.n_clicks": "simulation.control",
    "admin-simulation-running-list.children <- admin-simulation-refresh-interval.n_intervals": "simulation.control",
    "admin-mails-caught-list.children <- admin-mails-again-button.n_clicks": "mails.read",
}

# What of a source or group takes more than looking: a manager may `change`, the owner alone what is `own`.
NEEDS: dict[str, str] = {
    "sources-said-slot.children <- sources-move-select.value": "own",
    "sources-said-slot.children <- sources-on-button.n_clicks": "change",
    "group-members-said.children <- group-members-button.n_clicks": "own",
    "group-name-input.error <- group-save-button.n_clicks": "change",
    "group-logo-said.children <- group-logo-upload.contents": "change",
    "shell-go-location.href <- group-confirm-button.n_clicks": "own",
    "weather-asked-store.data <- weather-refresh-button.n_clicks": "change",
    "forecast-asked-store.data <- forecast-predict-button.n_clicks": "change",
    "returns-costs-result.children <- returns-costs-save.n_clicks": "change",
    "returns-revision-store.data <- returns-save-button.n_clicks": "change",
    "source-credentials-body.children <- source-connection-store.data": "own",
    "source-confirm-modal.opened <- source-rotate-button.n_clicks": "own",
    "shell-secret-store.data <- source-confirm-button.n_clicks": "own",
    "source-test-input.error <- source-test-button.n_clicks": "change",
    "source-copy-input.error <- source-copy-button.n_clicks": "own",
    "source-typed-input.error <- source-delete-button.n_clicks": "own",
    "source-message-select.data <- source-data-store.data": "change",
    "source-mapping-rows.children <- source-message-select.value": "change",
    "source-received-body.children <- source-message-select.value": "change",
    "source-mapping-said.children <- source-mapping-button.n_clicks": "change",
    "source-again-body.children <- source-again-button.n_clicks": "change",
    "source-again-body.children <- source-again-interval.n_intervals": "change",
    "source-balance-body.children <- source-balance-button.n_clicks": "change",
    "source-icon-picture.children <- source-icon-upload.contents": "change",
    '{"name":["ALL"],"type":"source-field-input"}.error <- source-save-button.n_clicks': "change",
    "source-general-part.children <- source-group-select.value": "change",
    "sharing-switch-said.className <- sharing-source-store.data": "own",
    'sharing-switch-said.children <- {"name":["ALL"],"type":"sharing-view-switch"}.checked': "own",
    "sharing-made-slot.children <- sharing-make-button.n_clicks": "own",
    "sharing-links-list.children <- sharing-source-store.data": "own",
    "sharing-email-input.error <- sharing-invite-button.n_clicks": "own",
    "sharing-people-list.children <- sharing-source-store.data": "own",
}

# What some callbacks must be given before they look at anything; SOURCE, GROUP and PERSON stand for the ids.
GIVEN = {
    "monitor-details-list.children <- monitor-range-store.data": {"monitor-range-store.data": {"kind": "day"}},
    "monitor-chart-table.children <- monitor-table-store.data": {"monitor-table-store.data": {"kind": "day"}},
    "monitor-field-dialog.opened <- monitor-field-store.data": {
        "monitor-field-store.data": {"field": "solarPower"}, "monitor-range-store.data": {"kind": "day"},
    },
    "monitor-why-dialog.opened <- monitor-why-store.data": {
        "monitor-why-store.data": {"figure": "produced", "kind": "day", "first": "2026-06-21", "last": "2026-06-21"},
    },
    "returns-days-table.children <- returns-month-picker.value": {"returns-month-picker.value": "2026-06"},
    "shell-secret-store.data <- source-confirm-button.n_clicks": {"source-wanted-store.data": "rotate"},
    "source-test-input.error <- source-test-button.n_clicks": {"source-test-input.value": '{"solarPower": 1}'},
    "source-copy-input.error <- source-copy-button.n_clicks": {"source-copy-input.value": "Copy"},
    "source-icon-picture.children <- source-icon-upload.contents": {
        "source-icon-button.n_clicks": 1, "changed": "source-icon-button.n_clicks",
    },
    "sources-said-slot.children <- sources-move-select.value": {
        "sources-move-select.value": "out", "sources-list-grid.selectedRows": [{"id": "SOURCE"}],
    },
    "sources-said-slot.children <- sources-on-button.n_clicks": {"sources-list-grid.selectedRows": [{"id": "SOURCE"}]},
    "group-name-input.error <- group-save-button.n_clicks": {"group-name-input.value": "New name"},
    "group-members-said.children <- group-members-button.n_clicks": {"group-members-select.value": ["SOURCE"]},
    "group-logo-said.children <- group-logo-upload.contents": {
        "group-logo-button.n_clicks": 1, "changed": "group-logo-button.n_clicks",
    },
    "admin-person-slot.children <- admin-chosen-store.data": {"admin-chosen-store.data": "PERSON"},
    _ACT: {
        '{"person":["ALL"],"type":"admin-person-act","what":["ALL"]}.n_clicks': [{
            "id": {"person": "PERSON", "type": "admin-person-act", "what": "verify"},
            "property": "n_clicks", "value": 1,
        }],
        "changed": '{"person":"PERSON","type":"admin-person-act","what":"verify"}.n_clicks',
    },
    _PERMIT: {
        '{"name":["ALL"],"person":["ALL"],"type":"admin-person-permission"}.checked': [{
            "id": {"name": "audit.read", "person": "PERSON", "type": "admin-person-permission"},
            # To withdraw what nobody gave: it needs the same permission, and leaves everybody as they were.
            "property": "checked", "value": False,
        }],
        "changed": '{"name":"audit.read","person":"PERSON","type":"admin-person-permission"}.checked',
    },
    "admin-simulation-said-slot.children <- admin-simulation-start-button.n_clicks": {
        "admin-simulation-source-select.value": "SOURCE", "admin-simulation-hours-input.value": 1,
        "admin-simulation-fill-button.n_clicks": None,
    },
}
