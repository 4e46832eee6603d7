"""Tables of many rows (AG Grid Community) in our tokens; how a cell is drawn lives in `assets/grid.js`."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag

ROW_PIXELS, HEAD_PIXELS = 44, 40


def grid(
    identity: str, columns: Sequence[Mapping[str, Any]], *, nothing: str, is_selectable: bool = False,
    page_rows: int | None = None,
) -> Any:  # fmt: skip
    """Return a grid that waits for its rows (`rowData`); `nothing` is what it says where there are none."""
    options: dict[str, Any] = {
        "animateRows": False,
        "rowHeight": ROW_PIXELS,
        "headerHeight": HEAD_PIXELS,
        "localeText": {"noRowsToShow": nothing},
        "suppressCellFocus": False,
        "enableCellTextSelection": True,
        "tooltipShowDelay": 400,
    }
    if page_rows:
        options |= {"pagination": True, "paginationPageSize": page_rows, "paginationPageSizeSelector": False}
    if is_selectable:
        options["rowSelection"] = {"mode": "multiRow", "selectAll": "filtered", "enableClickSelection": False}
        options["selectionColumnDef"] = {"width": 46, "pinned": "left"}
    return dag.AgGrid(
        id=identity,
        columnDefs=list(columns),
        rowData=None,
        getRowId="params.data.id",
        defaultColDef={"sortable": True, "resizable": True, "filter": True, "suppressHeaderMenuButton": False},
        dashGridOptions=options,
        columnSize="responsiveSizeToFit",
        className="ampra-grid",
        style=height_for(0),
    )


def height_for(rows: int) -> dict[str, str]:
    """Return the style of a grid that shows so many rows, and scrolls where they need more than most of the screen."""
    whole = HEAD_PIXELS + max(rows, 3) * ROW_PIXELS + 4
    return {"height": f"min(calc(100vh - 260px), {whole}px)", "minHeight": "260px"}
