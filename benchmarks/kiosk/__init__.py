"""What a wall screen holds in memory after a week."""
