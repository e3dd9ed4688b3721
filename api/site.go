package api

import (
	"bytes"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
)

// site adds everything that is not in the contract: pages, probes, metrics and
// the contract itself. Answers of the API are not compressed: they are small,
// and a strong ETag is of one encoding.
func (s *Server) site(e *echo.Echo) {
	pack := middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024})
	e.GET("/healthz", s.healthz)
	e.GET("/readyz", s.readyz)
	e.GET("/metrics", echo.WrapHandler(s.metrics.handler()))
	e.GET("/openapi.yaml", asset(contractText, "application/yaml"), pack)
	e.GET("/style.css", asset(s.pages.style, "text/css; charset=utf-8"), pack)
	e.GET("/icon.svg", asset(s.pages.icon, "image/svg+xml"))
	docs := s.docs()
	e.GET("/docs", docs)
	e.GET("/docs/*", docs)

	e.GET("/", s.page(s.homePage), pack)
	e.GET("/communities/:id", s.page(s.communityPage), pack)
	e.GET("/customers/:id", s.page(s.customerPage), pack)
	e.GET("/customers", findCustomer)
}

// asset serves bytes that change with the version only.
func asset(content []byte, contentType string) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Content-Type", contentType)
		c.Response().Header().Set("Cache-Control", "no-cache")
		http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(content))
		return nil
	}
}

// docs is the page of the API, from files that the program holds.
func (s *Server) docs() echo.HandlerFunc {
	h := v5emb.NewHandlerWithConfig(swgui.Config{Title: "kith API", SwaggerJSON: "/openapi.yaml", BasePath: "/docs/"})
	return func(c echo.Context) error {
		c.Response().Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.ServeHTTP(c.Response(), c.Request())
		return nil
	}
}

// healthz says that the process answers.
func (s *Server) healthz(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "ok", "version": s.options.Version})
}
