UPDATE {{.Table}} SET {{.Column}} = ? WHERE {{.Where}} AND CAST({{.Column}} AS VARCHAR) = ?
