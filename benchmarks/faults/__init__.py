"""Whether anything is lost or doubled while everything that takes part is killed or restarted."""
